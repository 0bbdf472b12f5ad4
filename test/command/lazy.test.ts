// What a command loads before it says something: time itself depends on the machine, modules do not.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { root } from '../../gateway.ts';
import { startSwitchyard } from '../switchyard.ts';
import { testFolder } from '../test-folder.ts';

/** Notes each module of the project and each text that is written, in the order in which they come. */
const NOTES = `
  import { registerHooks } from 'node:module';
  import { writeFileSync } from 'node:fs';
  const notes = [];
  registerHooks({ load: (url, context, next) => (notes.push(url), next(url, context)) });
  const { write } = process.stdout;
  process.stdout.write = (text, ...rest) => (notes.push('said ' + text), write.call(process.stdout, text, ...rest));
  process.on('exit', () => writeFileSync(process.env.NOTES, JSON.stringify(notes)));
`;

/** Through `env -i`: nothing of the environment of the tests is its own. */
async function noted(t: Test, words: readonly string[], given: Record<string, string> = {}) {
  const file = join(testFolder(t, {}), 'notes.json');
  const { PATH = '', HOME = '' } = process.env;
  const env = Object.entries({ PATH, HOME, NOTES: file, ...given }).map(
    ([name, value]) => `${name}=${value}`,
  );
  const preload = `--import=data:text/javascript,${encodeURIComponent(NOTES)}`;
  const command = ['-i', ...env, process.execPath, preload, 'command/client.ts', ...words];
  const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve) =>
    execFile('/usr/bin/env', command, { cwd: root }, (_, out, complaints) =>
      resolve({ stdout: out, stderr: complaints }),
    ),
  );
  return { stdout, stderr, notes: JSON.parse(readFileSync(file, 'utf8')) as string[] };
}

const HEAVY = /node_modules|config\/(?:read|check|schema\/validate)\b|\/plugins\/|\/providers\//;

t.test('commands that call a gateway load neither plugins nor packages', async (t) => {
  const switchyard = await startSwitchyard(t, { home: testFolder(t, {}) });
  for (const words of [['status'], ['providers'], ['models'], ['strategy'], ['config', 'show'], ['help']]) {
    const { notes, stdout, stderr } = await noted(t, words, { SWITCHYARD_URL: switchyard.url });
    t.not(stdout, '', stderr);
    t.strictSame(
      notes.filter((note) => HEAVY.test(note) && !note.startsWith('said ')),
      [],
      words.join(' '),
    );
  }
});

t.test(
  'doctor prints a line before it loads the plugins, and checks the machine before the programs',
  async (t) => {
    const { notes, stdout } = await noted(t, ['doctor']);
    const first = notes.findIndex((note) => note.startsWith('said Checking this machine'));
    t.ok(first >= 0, stdout);
    t.ok(notes.findIndex((note) => HEAVY.test(note)) > first);
    const said = notes.filter((note) => note.startsWith('said '));
    t.match(said[1], /^said config\t/);
    t.match(said[2], /^embedded\t/m);
    t.notMatch((await noted(t, ['doctor', '--json'])).stdout, /^Looking/);
  },
);

// What is said at a terminal, which `script` (util-linux) gives to a program.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { root } from '../../gateway.ts';
import { startSwitchyard } from '../switchyard.ts';
import { tinyProgram } from '../tiny-program.ts';

const version = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '';
const skip = !version.includes('util-linux') && "there is no util-linux's script here";

/** Runs the command at a terminal of its own, and types the answer once the question is there. */
async function at(
  t: Test,
  words: readonly string[],
  env: Record<string, string>,
  typing: [ask: RegExp, answer: string],
) {
  const command = [process.execPath, 'command/client.ts', ...words].map((word) => `'${word}'`).join(' ');
  const { PATH = '' } = process.env;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: root,
    env: { PATH, TERM: 'xterm', ...env },
  });
  t.teardown(() => void child.kill('SIGKILL'));
  let screen = '';
  let typed = false;
  child.stdout.on('data', (chunk: Buffer) => {
    screen += chunk.toString();
    if (typed || !typing[0].test(screen)) return;
    typed = true;
    child.stdin.write(typing[1]);
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, screen };
}

t.test(
  'before a first installation the user must confirm, and then sees its progress',
  { skip },
  async (t) => {
    const tiny = tinyProgram(t);
    const config = join(tiny.there.folder, 'switchyard.yaml');
    const providers = { tiny: { use: tiny.plugin, source: tiny.source, start: 'manual' } };
    writeFileSync(config, JSON.stringify({ home: tiny.home, providers }));
    const words = ['populate', '--config', config];
    const ask = /Install tiny\? \[y\/N\] /;
    const no = await at(t, words, tiny.there.env, [ask, '\r']);
    t.equal(no.code, 1);
    t.match(no.screen, /tiny +licence +MIT[^]*risk +unofficial[^]*nothing was installed/);
    t.notOk(existsSync(join(tiny.home, 'apis/tiny')));
    const yes = await at(t, words, tiny.there.env, [ask, 'y\r']);
    t.equal(yes.code, 0, yes.screen);
    t.match(yes.screen, /\[\.+\] 0\/1 tiny: fetching https:\/\/git\.example\.com\/tiny\.git/);
    t.match(yes.screen, /PROVIDER +STATE +WHAT\s+tiny +stopped +installed/);
    const again = await at(t, words, tiny.there.env, [/never/, '']);
    t.match(again, { code: 0, screen: /already up to date/ }, 'the question comes once');
  },
);

t.test('a secret is prompted for, and the typed text is hidden', { skip }, async (t) => {
  const tiny = tinyProgram(t);
  const providers = { tiny: { use: tiny.plugin, source: tiny.source, start: 'manual' } };
  const switchyard = await startSwitchyard(t, { home: tiny.home, providers }, { env: tiny.there.env });
  const env = { SWITCHYARD_URL: switchyard.url };
  const words = ['secret', 'set', 'tiny', 'TOKEN'];
  const set = await at(t, words, env, [/TOKEN of tiny \(input is hidden\): /, 'planted-value\r']);
  t.match(set, { code: 0, screen: /TOKEN of tiny is stored/ });
  t.notMatch(set.screen, /planted/);
  t.equal(switchyard.gateway.upstreams.get('tiny')!.secrets!.get('TOKEN'), 'planted-value');
  const left = await at(t, words, env, [/input is hidden/, '\u0003']);
  t.match(left, { code: 130, screen: /interrupted; nothing was stored/ });
});

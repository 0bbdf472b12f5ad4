// `switchyard populate` where no gateway runs, as in a hook or a Dockerfile.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { root } from '../../../gateway.ts';
import { freePort } from '../../command.ts';
import { startSwitchyard } from '../../switchyard.ts';
import { tinyProgram } from '../../tiny-program.ts';
import { run } from '../run.ts';

async function start(t: Test) {
  const tiny = tinyProgram(t);
  const file = join(tiny.there.folder, 'switchyard.yaml');
  const provider = { use: tiny.plugin, port: 'free', start: 'manual' };
  const config = (source: object) =>
    writeFileSync(file, JSON.stringify({ home: tiny.home, providers: { tiny: { ...provider, source } } }));
  config(tiny.source);
  const env = {
    ...tiny.there.env,
    SWITCHYARD_CONFIG: file,
    SWITCHYARD_URL: `http://127.0.0.1:${await freePort()}`,
  };
  const populate = (...args: string[]) => run(['populate', ...args], { env });
  return { tiny, config, file, provider, env, populate };
}

t.test('without a gateway populate installs by itself, and a later gateway finds everything', async (t) => {
  const { tiny, populate, provider } = await start(t);
  t.match(await populate('--populated'), { code: 0, stdout: '', stderr: '' }, 'nothing was fetched before');
  const first = await populate();
  t.match(first, { code: 0, stdout: 'tiny\tstopped\tinstalled\n', stderr: /risk +unofficial/ });
  t.match(await populate('tiny'), { code: 0, stdout: 'tiny\tstopped\talready up to date\n', stderr: '' });
  t.match(await populate('Tinny'), {
    code: 1,
    stderr: /there is no provider 'Tinny' \(did you mean 'tiny'\?\)/,
  });

  const switchyard = await startSwitchyard(
    t,
    {
      home: tiny.home,
      providers: { tiny: { ...provider, source: tiny.source, secrets: { TOKEN: 'given' } } },
    },
    { env: { ...tiny.there.env, GIT_CONFIG_GLOBAL: '/dev/null' } },
  );
  t.equal((await switchyard.ask('/providers/tiny')).json().state, 'stopped');
  t.equal(
    (await switchyard.ask('/providers/tiny/start', { method: 'POST' })).status,
    200,
    'nothing is fetched',
  );
  const left = JSON.parse((await populate('tiny', '--json')).stdout) as unknown;
  t.match(left, {
    ok: true,
    results: [{ state: 'running', detail: /not changed: the gateway with pid \d+ runs it/ }],
  });
});

t.test('several at once do no harm, and another commit is fetched', async (t) => {
  const { tiny, config, populate } = await start(t);
  for (const { code, stderr } of await Promise.all([populate(), populate('tiny')])) t.equal(code, 0, stderr);
  config(tiny.change('// more\n'));
  t.match(await populate('--populated', '--here'), { code: 0, stdout: 'tiny\tstopped\tinstalled\n' });
  t.match(readFileSync(join(tiny.home, 'apis/tiny/main.mjs'), 'utf8'), /\/\/ more\n$/);
  t.same(readdirSync(join(tiny.home, 'apis')), ['tiny'], 'nothing is left beside it');
});

t.test(
  'a failed fetch is reported with its remedy, and a program that the config does not name is not fetched',
  async (t) => {
    const { tiny, config, file, populate } = await start(t);
    config({ ...tiny.source, commit: '0123456789abcdef' });
    t.match(await populate(), {
      code: 1,
      stdout: /^tiny\tabsent \(failed\)\t.*has no commit 0123456789abcdef/,
    });
    writeFileSync(file, JSON.stringify({ home: tiny.home }));
    t.match(await populate(), {
      code: 2,
      stderr: /the config names no program; name programs, or use --all/,
    });
    writeFileSync(file, 'nonsense: 1\n');
    t.match(await populate(), { code: 1, stderr: /nonsense: unknown/ });
    t.notOk(existsSync(join(tiny.home, 'apis/tiny')));
  },
);

t.test('Ctrl-C leaves no partial installation', async (t) => {
  const { tiny, file, provider, env } = await start(t);
  const npm = join(tiny.there.folder, 'npm');
  writeFileSync(npm, '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
  const providers = { tiny: { ...provider, source: tiny.source } };
  writeFileSync(file, JSON.stringify({ home: tiny.home, providers, toolchains: { node: { npm } } }));
  const child = spawn(process.execPath, ['command/client.ts', 'populate'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => void child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const prepared = join(tiny.home, 'prepared');
  while (!existsSync(join(prepared, `tiny.partial-${child.pid}`, 'app', 'main.mjs'))) await sleep(20);
  child.kill('SIGINT');
  t.same(await once(child, 'close'), [130, null]);
  t.match(said, /interrupted; unfinished work was removed/);
  t.same(readdirSync(prepared), []);
  t.same(readdirSync(join(tiny.home, 'apis')), ['tiny'], 'what was whole stays');
});

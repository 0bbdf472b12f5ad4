// The command about the programs of a running gateway: the real one, against the real gateway and a real program.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { root } from '../../../gateway.ts';
import { freePort } from '../../command.ts';
import { startSwitchyard } from '../../switchyard.ts';
import { tinyProgram } from '../../tiny-program.ts';
import { run } from '../run.ts';

async function start(t: Test) {
  const tiny = tinyProgram(t);
  const provider = { use: tiny.plugin, port: 'free', source: tiny.source, start: 'manual' };
  const switchyard = await startSwitchyard(
    t,
    { home: tiny.home, providers: { tiny: provider } },
    { env: tiny.there.env },
  );
  const env = { SWITCHYARD_URL: switchyard.url };
  const ask = (args: readonly string[], input = '') => run(args, { env, input });
  return { switchyard, tiny, env, ask };
}

t.test('a program is fetched, given its secret, started, used, restarted and stopped', async (t) => {
  const { switchyard, tiny, ask } = await start(t);
  const populated = await ask(['populate', 'TINY']);
  t.match(populated, { code: 0, stdout: 'tiny\tstopped\tinstalled\n' }, populated.stderr);
  t.match(populated.stderr, /licence +MIT/, 'what one must know is shown first');
  t.match(populated.stderr, /risk +unofficial/);
  t.ok(existsSync(join(tiny.home, 'apis/tiny/main.mjs')));
  t.match(await ask(['populate']), { code: 0, stdout: /^tiny\tstopped\t/, stderr: '' }, 'once is enough');

  t.match(await ask(['start', 'tiny']), { code: 1, stdout: /^tiny\tfailed \(failed\)\t.*secrets\.TOKEN/ });
  const kept = await ask(['secret', 'set', 'tiny', 'TOKEN'], 'planted-value\n');
  t.match(kept, { code: 0, stdout: 'TOKEN of tiny is stored\n', stderr: '' });
  t.match(await ask(['secret', 'list', 'tiny']), {
    stdout: /^tiny\tTOKEN\tgiven\t.*\ntiny\tEXTRA\toptional\t/,
  });
  t.match(await ask(['start', 'tiny']), { code: 0, stdout: /^tiny\thealthy\tready after/ });
  t.match((await ask(['chat', 'hi', '--model', 't', '--json'])).stdout, /TOKEN planted-value/);

  const before = switchyard.gateway.upstreams.get('tiny')!.process!.pid;
  const restarted = await ask(['restart', '--all', '--json']);
  t.match(JSON.parse(restarted.stdout), { ok: true, results: [{ provider: 'tiny', state: 'healthy' }] });
  t.not(switchyard.gateway.upstreams.get('tiny')!.process!.pid, before);
  t.match(await ask(['stop', '--all']), { code: 0, stdout: /^tiny\tstopped\t/ });
  t.match(await ask(['secret', 'remove', 'tiny', 'TOKEN']), { stdout: /removed\nstill lacking: .*TOKEN/ });
});

t.test('an unknown provider and a wrong call are reported with an exit code', async (t) => {
  const { ask } = await start(t);
  for (const [args, code, says] of [
    [['start', 'unknown'], 1, /there is no provider 'unknown'/],
    [['stop'], 2, /usage: switchyard stop NAME… \| --all/],
    [['stop', 'tiny', '--all'], 2, /usage: switchyard stop/],
    [['secret', 'set', 'tiny'], 2, /usage: switchyard secret/],
    [['secret', 'set', 'tiny', 'TOKEN'], 2, /no value given/],
    [['populate', 'unknown'], 1, /there is no provider 'unknown'/],
  ] as const) {
    const { stdout, stderr, ...ran } = await ask(args);
    t.equal(ran.code, code, args.join(' '));
    t.match(stdout + stderr, says);
  }
  const gone = ['--url', `http://127.0.0.1:${await freePort()}`];
  t.match(await run(['populate', ...gone]), { code: 3, stderr: /no gateway answers/ });
});

t.test('logs shows what a program wrote, and follows it until Ctrl-C', async (t) => {
  const { switchyard, env, ask } = await start(t);
  await switchyard.gateway.upstreams.get('tiny')!.secrets!.set({ TOKEN: 'planted-value' });
  await switchyard.gateway.upstreams.get('tiny')!.process!.start('the test wants it');
  t.match(await ask(['logs', 'tiny', '--lines', '5']), { code: 0, stdout: 'tiny begins with ***\n' });
  t.match(await ask(['logs', 'tiny', '--search', 'nothing like it']), { code: 0, stdout: '' });
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, ['command/client.ts', 'logs', 'tiny', '-f', '--json'], {
    cwd: root,
    env: { PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => void child.kill('SIGKILL'));
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const lines = async (count: number) => {
    while (stdout.split('\n').length <= count) await once(child.stdout, 'data');
  };
  await lines(1);
  await switchyard.gateway.upstreams.get('tiny')!.process!.stop('again');
  await switchyard.gateway.upstreams.get('tiny')!.process!.start('again');
  await lines(2);
  t.match(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
    [{ n: Number, at: String, line: 'tiny begins with ***' }, { line: 'tiny begins with ***' }],
  );
  child.kill('SIGINT');
  t.same(await once(child, 'close'), [0, null]);
});

import { execFile } from 'node:child_process';
import t, { type Test } from 'tap';
import { root } from '../../../gateway.ts';
import { startSwitchyard, type Switchyard } from '../../switchyard.ts';
import { startUpstream, type Upstream } from '../../upstream/upstream.ts';
import { testFolder } from '../../test-folder.ts';

const CHECKS = ['health', 'models', 'chat', 'stream', 'format', 'errors', 'abort', 'speed'];

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real command, as a process of its own, asking that gateway. */
function run({ url }: Switchyard, ...args: string[]): Promise<Ran> {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, SWITCHYARD_URL: url };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['command/client.ts', 'test', ...args],
      { cwd: root, env },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

async function start(t: Test): Promise<{ switchyard: Switchyard; good: Upstream; bad: Upstream }> {
  const upstreams = await Promise.all(
    ['good', 'bad'].map((name) => startUpstream({ name, models: [`m-${name}`], interval: 1 })),
  );
  for (const upstream of upstreams) {
    t.teardown(() => upstream.close());
    upstream.behaveWhen((request) => typeof request.fields().messages === 'string', 'status-400');
  }
  const [good, bad] = upstreams as [Upstream, Upstream];
  const at = ({ url }: Upstream) => ({ use: 'openai-compatible', baseUrl: url });
  const sleeper = {
    use: 'process',
    command: [process.execPath, '-e', ''],
    models: { s: 's' },
    start: 'manual',
  };
  const switchyard = await startSwitchyard(t, {
    home: testFolder(t, {}),
    providers: { good: at(good), bad: at(bad), sleeper },
  });
  return { switchyard, good, bad };
}

t.test('a good provider has a row of ticks and exit code 0', async (t) => {
  const { switchyard, good } = await start(t);
  const { code, stdout, stderr } = await run(switchyard, 'GOOD', '--model', 'm-good');
  t.equal(code, 0, stderr);
  t.match(stdout, /^good(\t✓){8}\t\d+ ms\t~[\d.]+\n$/);
  t.equal(stderr, '', 'nothing else is said where no person looks');
  t.same(new Set(good.posts.map((post) => post.fields().model)), new Set(['m-good']));
});

t.test('a failed check is reported with its reason and remedy, and fails the command', async (t) => {
  const { switchyard, bad } = await start(t);
  bad.behaveWhen((request) => request.fields().stream === true, 'cut-after-content');
  const { code, stdout } = await run(switchyard);
  t.equal(code, 1);
  t.match(stdout, /^good(\t✓){8}/m);
  t.match(stdout, /^bad\t✓\t✓\t✓\t✗\t✓\t✓\t–\t–\t-\t-$/m);
  t.match(stdout, /^sleeper\t✗(\t–){7}\t-\t-$/m);
  const why =
    /^✗ bad stream: bad ended its answer in the middle.* \(switchyard why (req_\w+)\)\n {2}\S.*$/m.exec(
      stdout,
    );
  t.ok(why, stdout);
  t.match(await switchyard.trace(why?.[1]), { ending: 'cut' });
  t.match(stdout, /^✗ sleeper health: it is stopped: not started yet\n {2}switchyard test sleeper --start/m);
});

t.test(
  "--json prints the API's answer, --start starts programs, and an unknown name is an error",
  async (t) => {
    const { switchyard } = await start(t);
    const { code, stdout } = await run(switchyard, 'good', '--json');
    t.equal(code, 0);
    const { ok, providers } = JSON.parse(stdout) as {
      ok: boolean;
      providers: { checks: { check: string }[] }[];
    };
    t.equal(ok, true);
    t.same(
      providers.map(({ checks }) => checks.map(({ check }) => check)),
      [CHECKS],
    );
    const started = await run(switchyard, 'sleeper', '--start');
    t.match(started, { code: 1, stdout: /^✗ sleeper health: .*exited/m });
    t.match(await run(switchyard, 'unknown'), { code: 1, stderr: /there is no provider 'unknown'/ });
  },
);

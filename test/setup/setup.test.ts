import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { type Outcome, Project } from './project.ts';

const tooOld = { minimum: '999.0.0' };
const installed = ['.package-lock.json', 'alpha'];

interface Report {
  readonly args: string[];
  readonly execArgv: string[];
  readonly env: NodeJS.ProcessEnv;
}

/** What report.ts printed, after whatever the launcher said. */
function readReport({ stdout }: Outcome): Report {
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Report;
}

t.test('a Node that is new enough is used, and no other is fetched', async (t) => {
  const project = new Project(t);
  const outcome = await project.run(['report.ts']);
  t.match(outcome, { code: 0, stderr: '' });
  t.match(project.npmCalls(), [{ folder: 'node_modules/.setup-staging' }]);
  t.equal(project.npmCalls().length, 1);
  t.equal(project.list('runtime/node_modules'), undefined);
});

t.test('a step of npm that takes long shows life in a log, too, and does not flood it', async (t) => {
  const project = new Project(t);
  const enough = join(project.folder, 'enough');
  const start = project.start(['report.ts'], { FAKE_NPM: 'long', FAKE_NPM_ENOUGH: enough });
  await start.says(/^… \d+ s, 1 of 1 packages fetched\n… \d+ s, 1 of 1 packages fetched\n/m);
  writeFileSync(enough, '');
  const { stdout } = await start.ended;
  const times = [...stdout.matchAll(/^… (\d+) s/gm)].map(([, seconds]) => Number(seconds));
  t.ok(times[1]! - times[0]! >= times[0]! - 1, `further and further apart: ${times.join()}`);
});

t.test('a Node that is too old makes the start fetch the pinned one, once, and report it', async (t) => {
  const project = new Project(t, tooOld);
  const outcome = await project.run(['report.ts']);
  const { node } = process.versions;
  t.equal(outcome.code, 0);
  t.ok(outcome.stdout.startsWith(`Node ${node} is older than 999.0: fetching Node 999.1 into runtime/`));
  t.match(outcome.stdout, /Done in \d+\.\d s\./);
  t.match(project.npmCalls(), [{ folder: /^runtime\// }, { folder: /^node_modules\// }]);
  const bin = join(
    project.folder,
    'runtime',
    'node_modules',
    `node-${process.platform}-${process.arch}`,
    'bin',
  );
  t.equal(readReport(outcome).env.PATH?.split(':')[0], bin, 'the pinned Node comes first on PATH');

  await project.run(['report.ts']);
  t.equal(project.npmCalls().length, 2);
});

t.test('a Node that cannot run the launcher is told which one can', async (t) => {
  const project = new Project(t);
  const older =
    'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.8" } })';
  const preload = `--import=data:text/javascript,${encodeURIComponent(older)}`;
  const outcome = await project.run(['report.ts'], { NODE_OPTIONS: preload });
  t.match(outcome, {
    code: 1,
    stdout: '',
    stderr: /^Node 18\.20\.8 is too old .+ needs Node 20 or newer: install Node 24 \(https:.+\)/,
  });
  t.same(project.npmCalls(), []);
  const entry = readFileSync(join(project.folder, 'runtime', 'run.mjs'), 'utf8');
  t.notMatch(entry, /^import /m, 'older ones stop at an import of what they do not have');
});

t.test('without a Node for this platform the start asks for a newer one', async (t) => {
  const project = new Project(t, { ...tooOld, offersNode: false });
  const outcome = await project.run(['report.ts']);
  t.match(outcome, { code: 1, stdout: '', stderr: /npm has no Node for .+: install Node >= 999\.0/ });
  t.same(project.npmCalls(), []);
});

t.test(
  'the first start installs exactly what the lockfile lists, without running anything of it',
  async (t) => {
    const project = new Project(t);
    const outcome = await project.run(['report.ts']);
    t.match(outcome.stdout, /^Installing 1 packages …\nDone in /);
    t.same(project.npmCalls()[0]?.args.slice(0, 2), ['ci', '--ignore-scripts']);
    t.ok(project.npmCalls()[0]?.args.includes('--omit=dev'));
    t.same(project.list('node_modules'), installed);
  },
);

t.test('the second start installs nothing and says nothing', async (t) => {
  const project = new Project(t);
  await project.run(['report.ts']);
  const outcome = await project.run(['report.ts']);
  t.equal(outcome.stdout.trim().split('\n').length, 1);
  t.equal(project.npmCalls().length, 1);
});

t.test('--dev adds what tests need, and a start without it is content with that', async (t) => {
  const project = new Project(t);
  await project.run(['report.ts']);
  await project.run(['--dev', 'report.ts']);
  t.strictSame(project.list('node_modules'), [...installed, 'beta']);
  await project.run(['report.ts']);
  t.equal(project.npmCalls().length, 2);
});

t.test('packages installed with npm are used', async (t) => {
  const project = new Project(t);
  spawnSync(join(project.folder, 'bin', 'npm'), ['ci'], { cwd: project.folder, env: project.env });
  await project.run(['--dev', 'report.ts']);
  t.equal(project.npmCalls().length, 1);
});

t.test('a changed lockfile makes the next start install again', async (t) => {
  const project = new Project(t);
  await project.run(['report.ts']);
  project.changeLockfile();
  t.match(await project.run(['report.ts']), { code: 0, stdout: /^Installing 1 packages/ });
  t.strictSame(project.list('node_modules'), installed);
});

t.test('bench/ is installed beside the rest when asked for', async (t) => {
  const project = new Project(t);
  t.match(await project.run(['--bench', 'report.ts']), {
    code: 1,
    stderr: /bench\/package-lock\.json does not exist/,
  });
});

t.test(
  'a failed installation reports what, why and the remedy in one line, and leaves nothing',
  async (t) => {
    const cases = [
      [
        'no network',
        /install the packages .+ registry\.example\.org could not be reached \(ENOTFOUND\)\. Check the network/,
      ],
      ['old npm, no network', /could not be reached \(EAI_AGAIN\)/],
      ['full disk', /no space is left for .+node_modules \(ENOSPC\)\. Free some/],
      ['not in line', /package-lock\.json do not fit each other \(EUSAGE\)\. Restore them/],
    ] as const;
    for (const [way, message] of cases) {
      t.test(way, async (t) => {
        const project = new Project(t);
        const outcome = await project.run(['report.ts'], { FAKE_NPM: way });
        t.match(outcome, { code: 1, stderr: message });
        t.equal(outcome.stderr.trim().split('\n').length, 1);
        t.equal(project.list('node_modules'), undefined);
      });
    }
  },
);

t.test('a failed fetch of Node leaves nothing in runtime/', async (t) => {
  const project = new Project(t, tooOld);
  const outcome = await project.run(['report.ts'], { FAKE_NPM: 'no network' });
  t.match(outcome, { code: 1, stderr: /^Could not fetch Node 999\.1 into runtime\// });
  t.equal(project.list('runtime/node_modules'), undefined);
  t.equal(project.list('node_modules'), undefined);
});

t.test('packages that work stay when newer ones cannot be installed', async (t) => {
  const project = new Project(t);
  await project.run(['--dev', 'report.ts']);
  project.changeLockfile();
  t.equal((await project.run(['report.ts'], { FAKE_NPM: 'no network' })).code, 1);
  t.strictSame(project.list('node_modules'), [...installed, 'beta']);
});

t.test('a missing npm is named', async (t) => {
  const project = new Project(t);
  const outcome = await project.run(['report.ts'], { PATH: join(project.folder, 'empty') });
  t.match(outcome, { code: 1, stderr: /^npm is not on PATH/ });
  t.equal(project.list('node_modules'), undefined);
});

t.test('a missing lockfile is named', async (t) => {
  const project = new Project(t);
  rmSync(join(project.folder, 'package-lock.json'));
  t.match(await project.run(['report.ts']), {
    code: 1,
    stderr: /package-lock\.json does not exist: restore it/,
  });
});

t.test('a script that does not exist is named', async (t) => {
  const project = new Project(t);
  t.match(await project.run(['mian.ts']), { code: 1, stderr: /^There is no script mian\.ts in / });
});

t.test('of two starts at once one installs and the other waits for it', async (t) => {
  const project = new Project(t);
  const first = project.start(['report.ts'], { FAKE_NPM: 'slow' });
  await first.says(/Installing/);
  const second = project.start(['report.ts'], { FAKE_NPM: 'slow' });
  const outcomes = await Promise.all([first.ended, second.ended]);
  t.match(outcomes, [{ code: 0 }, { code: 0 }]);
  t.match(
    outcomes[1].stdout,
    new RegExp(`^Another start \\(process ${first.child.pid}\\) is installing into `),
  );
  t.equal(project.npmCalls().length, 1);
  t.strictSame(project.list('node_modules'), installed);
});

t.test('the lock of a killed start delays no other, and its leftovers are removed', async (t) => {
  const project = new Project(t);
  const { pid } = spawnSync(process.execPath, ['--version']);
  project.leaveLock(pid);
  t.equal((await project.run(['report.ts'])).code, 0);
  t.strictSame(project.list('node_modules'), installed);
});

t.test('a start stopped while it installs stops npm and leaves nothing', async (t) => {
  const project = new Project(t);
  const start = project.start(['report.ts'], { FAKE_NPM: 'hang' });
  while (project.npmCalls().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  start.child.kill('SIGTERM');
  t.match(await start.ended, { signal: 'SIGTERM' });
  t.equal(project.list('node_modules'), undefined);
});

t.test('the script gets its arguments and ends the launcher with its exit code', async (t) => {
  const project = new Project(t);
  const outcome = await project.run(['report.ts', '--config', 'a b.yaml', '--dev'], { EXIT_CODE: '42' });
  t.equal(outcome.code, 42);
  t.equal(outcome.stderr, '', 'no warning about types that Node strips');
  const { args, execArgv, env } = readReport(outcome);
  t.same(args, ['--config', 'a b.yaml', '--dev']);
  for (const flag of ['--max-semi-space-size=32', '--expose-gc']) t.ok(execArgv.includes(flag), flag);
  t.equal(env.NODE_COMPILE_CACHE, join(project.folder, 'node_modules', '.cache', 'node-compile'));
  t.match(env.SWITCHYARD_LAUNCHER, /^\d+$/);
});

const TASKSET = '/usr/bin/taskset';
const pins = existsSync(TASKSET) ? {} : { skip: 'no taskset here to leave the launcher one core' };
t.test('on one core no other thread works on the heap', pins, async (t) => {
  const project = new Project(t);
  const [core = ''] = /(?<=Cpus_allowed_list:\s*)\d+/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  const flagsOf = async (wrapper: string[]): Promise<string[]> =>
    readReport(await project.start(['report.ts'], {}, wrapper).ended).execArgv;
  const [onOne, onAll] = [await flagsOf([TASKSET, '-c', core]), await flagsOf([])];
  for (const flag of ['--no-concurrent-marking', '--no-parallel-scavenge']) {
    t.ok(onOne.includes(flag));
    t.equal(onAll.includes(flag), availableParallelism() === 1);
  }
});

t.test('a compile cache that the user has chosen does not change', async (t) => {
  const project = new Project(t);
  const outcome = await project.run(['report.ts'], { NODE_COMPILE_CACHE: join(project.folder, 'empty') });
  t.equal(readReport(outcome).env.NODE_COMPILE_CACHE, join(project.folder, 'empty'));
});

t.test('each signal is passed on once, and the script decides how it ends', async (t) => {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    t.test(name, async (t) => {
      const start = new Project(t).start(['wait.ts']);
      await start.says(/ready/);
      start.child.kill(name);
      const { code, stdout } = await start.ended;
      t.equal(code, 7);
      t.equal(stdout.split(`got ${name}`).length - 1, 1);
    });
  }
});

t.test('a script that dies of a signal ends the launcher by the same one', async (t) => {
  t.match(await new Project(t).run(['die.ts']), { code: null, signal: 'SIGKILL' });
});

t.test('a script whose npm is gone is stopped', async (t) => {
  const project = new Project(t);
  const code = `require('node:child_process').spawn(process.execPath, ['${join(project.folder, 'runtime', 'run.mjs')}', 'wait.ts'], { stdio: 'inherit' }); setInterval(() => {}, 1000)`;
  const npm = spawn(process.execPath, ['--eval', code], {
    env: { ...project.env, npm_lifecycle_event: 'start' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const outputEnds = once(npm.stdout, 'end');
  npm.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.includes('ready')) npm.kill('SIGKILL');
  });
  await outputEnds;
  t.match(output, /got SIGTERM/);
});

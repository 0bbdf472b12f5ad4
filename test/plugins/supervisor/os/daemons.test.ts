import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { openCgroup, closeCgroup } from '../../../../kits/process-kit/cgroup.ts';
import { markVariables, newMark, pidsMarked } from '../../../../kits/process-kit/environment-mark.ts';
import { gone, runs, said, supervise } from '../supervise.ts';
import { testFolder } from '../../../test-folder.ts';

const skip = process.platform === 'linux' ? false : 'needs /proc';
const unusedPid = 4_194_305;

/** What it has said of daemons so far. */
const daemonsOf = ({ output }: { readonly output: readonly string[] }): number[] =>
  output.map((line) => Number(/^daemon (\d+)$/.exec(line)?.[1])).filter((pid) => pid > 0);

function killed(t: Test, pid: number): number {
  t.teardown(() => runs(pid) && process.kill(pid, 'SIGKILL'));
  return pid;
}

/** Whether this machine lets us make control groups. */
async function cgroups(): Promise<boolean> {
  const child = spawn('sleep', ['1000']);
  const folder = openCgroup(newMark('a test'), child.pid!);
  child.kill('SIGKILL');
  await once(child, 'exit');
  if (folder !== undefined) closeCgroup(folder);
  return folder !== undefined;
}

t.test('a daemon of a program is gone when the program is reported stopped', { skip }, async (t) => {
  const { one } = supervise(t, 'daemon serve');
  for (let time = 1; time <= 3; time++) {
    await one.start('the test');
    const daemon = killed(t, Number(await said(one, 'daemon ')));
    t.equal(daemonsOf(one).filter(runs).length, 1, 'one, however often it was started');
    t.ok(runs(daemonsOf(one).at(-1)!));
    await one.stop('the test');
    t.equal(one.state, 'stopped');
    t.strictSame(daemonsOf(one).filter(runs), []);
    t.ok(daemon);
  }
  await one.start('the test');
  await one.restart('the test');
  t.equal(daemonsOf(one).filter(runs).length, 1);
});

t.test('a process started during a stop is ended, too', { skip }, async (t) => {
  const { one } = supervise(t, 'respawn serve');
  await one.start('the test');
  await one.stop('the test');
  const late = daemonsOf(one);
  t.equal(late.length, 1);
  t.strictSame(late.filter(runs), []);
});

t.test('a program that crashes leaves no daemon to its next run', { skip }, async (t) => {
  const { one, address, until } = supervise(t, 'daemon serve');
  await one.start('the test');
  const first = killed(t, Number(await said(one, 'daemon ')));
  const backoff = until('backoff');
  await fetch(`${address.origin}/crash`).catch(() => {});
  await backoff;
  t.notOk(runs(first));
  await until('healthy');
  t.equal(daemonsOf(one).filter(runs).length, 1);
});

t.test(
  'a daemon that clears its environment is gone, too, where there are control groups',
  { skip },
  async (t) => {
    if (!(await cgroups())) {
      t.comment('no control group can be made here');
      return;
    }
    const { one } = supervise(t, 'bare serve');
    await one.start('the test');
    const bare = killed(t, Number(await said(one, 'daemon ')));
    t.ok(runs(bare));
    t.equal(readFileSync(`/proc/${bare}/environ`, 'utf8').includes('SWITCHYARD'), false);
    const [, cgroup] = /^0::.*\/(switchyard-.*)$/m.exec(readFileSync(`/proc/${one.pid}/cgroup`, 'utf8'))!;
    t.match(readFileSync(`/proc/${bare}/cgroup`, 'utf8'), cgroup!);
    await one.stop('the test');
    t.notOk(runs(bare));
    t.notOk(existsSync(`/sys/fs/cgroup/${cgroup}`) || existsSync(`/sys/fs/cgroup/unified/${cgroup}`));
  },
);

t.test('killing the gateway ends daemons, too', { skip }, async (t) => {
  const folder = testFolder(t, {});
  const doomed = join(import.meta.dirname, '../doomed.ts');
  const gateway = spawn(process.execPath, [doomed, folder, 'daemon serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => gateway.kill('SIGKILL'));
  const [pid] = await once(gateway.stdout, 'data');
  const environment = readFileSync(`/proc/${Number(String(pid))}/environ`, 'utf8').split('\0');
  const mark = environment.find((line) => line.startsWith('SWITCHYARD_RUN='))!.slice(15);
  const pids = await pidsMarked(mark);
  t.equal(pids.length, 2, 'the program and its daemon');
  pids.forEach((one) => killed(t, one));
  gateway.kill('SIGKILL');
  for (const one of pids) t.ok(await gone(one));
});

t.test('the next gateway ends only processes that are marked as its own', { skip }, async (t) => {
  const folder = join(testFolder(t, {}), 'stand-in');
  const orphaned = (mark: string): string => mark.replace(/-\d+-/, `-${unusedPid}-`);
  const start = (mark: string): number => {
    const child = spawn('sleep', ['1000'], {
      detached: true,
      stdio: 'ignore',
      env: { PATH: process.env.PATH, ...markVariables(mark) },
    });
    return killed(t, child.pid!);
  };
  const left = start(orphaned(newMark(folder)));
  const elsewhere = start(orphaned(newMark(`${folder}-2`)));
  const lives = start(newMark(folder));
  // Looks for marks are shared for a moment.
  await sleep(500);
  const { one } = supervise(t, 'serve', { folder });
  await one.start('the test');
  t.notOk(runs(left));
  t.ok(runs(elsewhere), 'it is of another folder');
  t.ok(runs(lives), 'its gateway lives');
});

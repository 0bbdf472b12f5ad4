import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { bootId, stat } from '../../../../kits/process-kit/procfs.ts';
import { gone, runs, supervise } from '../supervise.ts';
import { testFolder } from '../../../test-folder.ts';

const skip = process.platform === 'linux' ? false : 'needs /proc';
const unusedPid = 4_194_305;

function orphan(t: Test): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    detached: true,
    stdio: 'ignore',
  });
  t.teardown(() => child.kill('SIGKILL'));
  return child.pid!;
}

function note(
  t: Test,
  leader: { pid: number; start: string },
  gateway = { pid: unusedPid, start: '1' },
  boot = bootId(),
) {
  const folder = join(testFolder(t, {}), 'stand-in');
  const file = `${folder}.${gateway.pid}.pid`;
  writeFileSync(file, JSON.stringify({ boot, leader, gateway }));
  return { folder, file };
}

t.test('a program left running by a killed gateway is ended by the next', { skip }, async (t) => {
  const pid = orphan(t);
  const { folder, file } = note(t, { pid, start: stat(pid)!.start });
  const { one } = supervise(t, 'serve', { folder });
  t.ok(await gone(pid));
  await one.start('the test wants it');
  t.notOk(existsSync(file));
  t.ok(existsSync(`${folder}.${process.pid}.pid`), 'it has a note of its own');
  await one.stop('enough');
  t.notOk(existsSync(`${folder}.${process.pid}.pid`));
});

t.test('a reused pid is never signalled', { skip }, async (t) => {
  const pid = orphan(t);
  const { folder, file } = note(t, { pid, start: '1' });
  const { one } = supervise(t, 'serve', { folder });
  await one.start('the test wants it');
  t.ok(runs(pid));
  t.notOk(existsSync(file));
});

t.test("nor is a pid from before the machine's start", { skip }, async (t) => {
  const pid = orphan(t);
  const { folder } = note(t, { pid, start: stat(pid)!.start }, undefined, 'another boot');
  const { one } = supervise(t, 'serve', { folder });
  await one.start('the test wants it');
  t.ok(runs(pid));
});

t.test('nor is the process of a live gateway', { skip }, async (t) => {
  const [pid, gateway] = [orphan(t), orphan(t)];
  const { folder } = note(t, { pid, start: stat(pid)!.start }, { pid: gateway, start: stat(gateway)!.start });
  const { one } = supervise(t, 'serve', { folder });
  await one.start('the test wants it');
  t.ok(runs(pid));
});

t.test('killing the gateway ends its processes', { skip }, async (t) => {
  const { gateway, pid } = await doomed(t, testFolder(t, {}), 'parent deaf serve');
  t.ok(runs(pid));
  gateway.kill('SIGKILL');
  t.ok(await gone(pid));
});

t.test(
  'a process that has left the group of a killed gateway’s program is ended by the next gateway',
  { skip },
  async (t) => {
    const folder = testFolder(t, {});
    const { gateway } = await doomed(t, folder, 'stray serve');
    const file = join(folder, `stand-in.${gateway.pid}.pid`);
    const { strays } = JSON.parse(readFileSync(file, 'utf8')) as { strays: { pid: number }[] };
    const stray = strays[0]!.pid;
    t.teardown(() => runs(stray) && process.kill(stray, 'SIGKILL'));
    t.ok(runs(stray));
    gateway.kill('SIGKILL');
    await once(gateway, 'exit');
    supervise(t, 'serve', { folder: join(folder, 'stand-in') });
    t.ok(await gone(stray));
  },
);

/** Another gateway, whose process is ready. */
async function doomed(t: Test, folder: string, does: string) {
  const words = [join(import.meta.dirname, '../doomed.ts'), folder, does];
  const gateway = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => gateway.kill('SIGKILL'));
  const [written] = await once(gateway.stdout, 'data');
  return { gateway, pid: Number(String(written)) };
}

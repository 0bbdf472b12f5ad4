import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import t from 'tap';
import { bootId, stat } from '../../../kits/process-kit/procfs.ts';
import { withFileLock } from '../../../kits/process-kit/file-lock.ts';
import { testFolder } from '../../test-folder.ts';

const never = new AbortController().signal;

t.test('an invalid lock blocks no process, costs no processor time, and is removed', async (t) => {
  for (const text of ['', '{', 'null', '7', '[]', '{"pid":"1"}', '\0\0\0\0']) {
    const file = join(testFolder(t, {}), 'it.lock');
    writeFileSync(file, text);
    writeFileSync(`${file}.${process.pid}-0123456789ab`, text);
    const before = process.cpuUsage();
    const waits = () => t.fail('the lock is free');
    t.equal(
      await withFileLock(file, { signal: never, waits }, async () => 'done'),
      'done',
      JSON.stringify(text),
    );
    const { user, system } = process.cpuUsage(before);
    t.ok(user + system < 500_000, `${user + system} µs`);
    t.strictSame(readdirSync(join(file, '..')), []);
  }
});

t.test('so is a folder of that name', async (t) => {
  const file = join(testFolder(t, {}), 'it.lock');
  mkdirSync(join(file, 'deep'), { recursive: true });
  t.equal(await withFileLock(file, { signal: never, waits() {} }, async () => 'done'), 'done');
  t.notOk(existsSync(file));
});

t.test('a lock that is being written counts as valid', async (t) => {
  const file = join(testFolder(t, {}), 'it.lock');
  writeFileSync(file, '');
  let isMine = false;
  const left = new AbortController();
  const wish = { signal: left.signal, waits: (pid: number) => t.equal(pid, process.pid) };
  const mine = withFileLock(file, wish, async () => void (isMine = true));
  writeFileSync(file, JSON.stringify({ pid: process.pid, start: stat(process.pid)?.start, boot: bootId() }));
  await sleep(400);
  t.notOk(isMine, 'a gateway from before this one has it');
  t.ok(existsSync(file));
  left.abort(new Error('enough'));
  await t.rejects(mine, { name: 'AbortError' });
  t.strictSame(readdirSync(join(file, '..')), ['it.lock']);
});

t.test('of many that find the same stale lock at once never two get it', { timeout: 300_000 }, async (t) => {
  const folder = testFolder(t, {});
  const file = join(folder, 'it.lock');
  const module = join(import.meta.dirname, '../../../kits/process-kit/file-lock.ts');
  const script = `
    import { withFileLock } from ${JSON.stringify(module)};
    import { appendFileSync } from 'node:fs';
    const [file, said] = process.argv.slice(1);
    process.stdout.write('ready');
    await new Promise((go) => process.stdin.once('data', go));
    for (let turn = 0; turn < 3; turn++)
      await withFileLock(file, { signal: new AbortController().signal, waits() {} }, async () => {
        appendFileSync(said, 'in ' + process.pid + '\\n');
        await new Promise((later) => setTimeout(later, 5));
        appendFileSync(said, 'out ' + process.pid + '\\n');
      });
    process.exit();`;
  for (let round = 0; round < 3; round++) {
    const said = join(folder, `said-${round}`);
    const stale = JSON.stringify({ pid: 999_999_999, start: '1', boot: bootId() });
    writeFileSync(file, stale);
    writeFileSync(`${file}.999999999-0123456789ab`, stale);
    const words = ['--input-type=module', '-e', script, file, said];
    const all = [1, 2, 3, 4].map(() => promisify(execFile)(process.execPath, words));
    await Promise.all(all.map(({ child }) => new Promise((ready) => child.stdout!.once('data', ready))));
    for (const { child } of all) child.stdin!.write('go');
    await Promise.all(all);
    const lines = readFileSync(said, 'utf8').trim().split('\n');
    t.equal(lines.length, 4 * 3 * 2);
    for (let at = 0; at < lines.length; at += 2)
      t.equal(lines[at + 1], lines[at]!.replace('in', 'out'), 'each leaves before the next enters');
    t.strictSame(
      readdirSync(folder).filter((name) => name.startsWith('it.lock')),
      [],
    );
  }
});

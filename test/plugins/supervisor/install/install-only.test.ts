import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { GatewayError } from '../../../../core/errors.ts';
import type { ProcessSpec, ToolchainJob } from '../../../../core/contracts/index.ts';
import { withFileLock } from '../../../../kits/process-kit/file-lock.ts';
import { supervise } from '../supervise.ts';
import { testFolder } from '../../../test-folder.ts';

const source = { toolchain: 'fake', packages: {} };

/** A stand-in whose installation ends when the test says so. */
function slow(t: Test, spec: Partial<ProcessSpec> = {}) {
  const count = { begun: 0, running: 0, most: 0 };
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const toolchain = {
    prepare: async ({ folder, progress, signal }: ToolchainJob) => {
      progress('installing');
      count.begun++;
      count.most = Math.max(count.most, ++count.running);
      const left = new Promise<never>((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason)),
      );
      begun.resolve();
      await Promise.race([gate.promise, left]).finally(() => count.running--);
      mkdirSync(folder, { recursive: true });
      return {};
    },
  };
  return { ...supervise(t, 'serve', { toolchain, spec: { source, ...spec } }), count, begun, gate };
}

t.test('it is installed and not started, once for all callers', async (t) => {
  const { one, states, count, gate } = slow(t);
  const all = [1, 2, 3].map(() => one.install('the test wants it'));
  gate.resolve();
  await Promise.all(all);
  t.strictSame(states(), ['absent', 'installing', 'stopped']);
  t.equal(count.begun, 1);
  t.equal(one.pid, undefined);
  await one.start('the test wants it');
  await one.install('again');
  t.equal(one.state, 'healthy', 'what runs goes on running');
});

t.test('a start during an installation waits for it, and an installation waits for a start', async (t) => {
  const { one, count, gate, begun } = slow(t);
  const first = one.install('the test wants it');
  await begun.promise;
  const start = one.start('the test wants it');
  const second = one.install('and again');
  gate.resolve();
  await Promise.all([first, start, second]);
  t.equal(one.state, 'healthy');
  t.equal(count.most, 1, 'never two at once');
});

t.test('a stop ends it and all its waiters, and a later start continues', async (t) => {
  const { one, gate, begun } = slow(t);
  const populating = t.rejects(one.install('the test wants it'), {
    message: /was stopped before it was installed/,
  });
  await begun.promise;
  const start = t.rejects(one.start('the test wants it'), { message: /was stopped before/ });
  await one.stop('enough');
  await Promise.all([populating, start]);
  t.equal(one.state, 'absent');

  const again = one.install('once more').catch((error: Error) => error);
  const stop = one.stop('no');
  const last = one.start('yes');
  gate.resolve();
  await Promise.all([again, stop, last]);
  t.equal(one.state, 'healthy', 'what was said last holds');
});

t.test('secrets that it needs to run may still be missing', async (t) => {
  const secrets = { TOKEN: { required: true, description: 'something' } };
  const { one, gate } = slow(t, { secrets });
  gate.resolve();
  await one.install('the test wants it');
  t.equal(one.state, 'stopped');
  t.match(one.lacks, [/set providers\.stand-in\.secrets\.TOKEN/]);
  await t.rejects(one.start('the test wants it'), { code: 'provider_unavailable' });
});

t.test('a failed installation has its remedy, and can be repeated at once', async (t) => {
  let works = false;
  const toolchain = {
    prepare: async ({ folder, progress }: ToolchainJob) => {
      progress('looking');
      if (!works) throw new GatewayError('toolchain_missing', 'needs a thing; get it');
      mkdirSync(folder);
      return {};
    },
  };
  const { one } = supervise(t, 'serve', { toolchain, spec: { source } });
  await t.rejects(one.install('the test wants it'), { code: 'toolchain_missing' });
  t.match(one.history.at(-1), { state: 'failed', reason: 'needs a thing; get it' });
  works = true;
  await one.install('the test wants it');
  t.match(one.history.at(-1), { state: 'stopped', reason: 'installed' });
  const { one: never } = supervise(t, 'serve', { toolchain, spec: { source, unavailable: 'buy it' } });
  await t.rejects(never.install('the test wants it'), { message: /is not available: buy it/ });
});

t.test('a program without a source has nothing to fetch', async (t) => {
  const { one, states } = supervise(t, 'serve');
  await one.install('the test wants it');
  t.strictSame(states(), ['stopped']);
});

t.test('two processes never install into one folder at once, and a dead one blocks no other', async (t) => {
  const file = join(testFolder(t, {}), 'it.lock');
  const script = `
    import { withFileLock } from '${join(import.meta.dirname, '../../../../kits/process-kit/file-lock.ts')}';
    import { existsSync, rmSync, writeFileSync } from 'node:fs';
    const mark = process.argv[1] + '.inside';
    for (let turn = 0; turn < 20; turn++)
      await withFileLock(process.argv[1], { signal: new AbortController().signal, waits() {} }, async () => {
        if (existsSync(mark)) throw new Error('two are inside');
        writeFileSync(mark, '');
        await new Promise((resolve) => setTimeout(resolve, 1));
        rmSync(mark);
      });
  `;
  const words = ['--input-type=module', '-e', script, file];
  await Promise.all([1, 2, 3].map(() => promisify(execFile)(process.execPath, words)));
  t.notOk(existsSync(file));
  writeFileSync(file, JSON.stringify({ pid: 999_999_999, start: '1', boot: 'another' }));
  const { signal } = new AbortController();
  t.equal(
    await withFileLock(file, { signal, waits: () => t.fail('the lock is free') }, async () => 'done'),
    'done',
  );
});

t.test('a waiter that gives up stops waiting for another process', async (t) => {
  const file = join(testFolder(t, {}), 'it.lock');
  const gate = Promise.withResolvers<void>();
  const never = new AbortController();
  const isHeld = Promise.withResolvers<void>();
  const first = withFileLock(file, { signal: never.signal, waits() {} }, () => {
    isHeld.resolve();
    return gate.promise;
  });
  await isHeld.promise;
  const left = new AbortController();
  const holders: number[] = [];
  const waits = (pid: number) => {
    holders.push(pid);
    left.abort(new Error('enough'));
  };
  await t.rejects(withFileLock(file, { signal: left.signal, waits }, async () => t.fail('not its turn')));
  t.strictSame(holders, [process.pid]);
  gate.resolve();
  await first;
});

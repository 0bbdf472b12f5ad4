import { mkdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { GatewayError } from '../../../../core/errors.ts';
import type { ToolchainJob } from '../../../../core/contracts/index.ts';
import { supervise } from '../supervise.ts';
import { testFolder } from '../../../test-folder.ts';

const source = { toolchain: 'fake', packages: { some: 'packages' } };

t.test('an absent program is installed first, once, and its values are put into the command', async (t) => {
  const jobs: ToolchainJob[] = [];
  const toolchain = {
    prepare: async (job: ToolchainJob) => {
      jobs.push(job);
      mkdirSync(job.folder);
      job.progress('fetching');
      queueMicrotask(() => setImmediate(() => job.progress('too late')));
      return { word: 'filled' };
    },
  };
  const { one, states } = supervise(t, 'serve', {
    toolchain,
    spec: { source, env: { PORT: '{port}', WORD: '{word}' } },
  });
  t.equal(one.state, 'absent');
  await one.start('the test wants it');
  await one.stop('again');
  await one.start('the test wants it');
  t.equal(jobs.length, 1);
  t.match(jobs[0], { provider: 'stand-in', packages: source.packages, folder: /stand-in$/ });
  t.strictSame(states().slice(0, 4), ['absent', 'installing', 'starting', 'healthy']);
});

t.test('a program that an earlier gateway installed is stopped, not absent', (t) => {
  const folder = join(testFolder(t, { 'stand-in': {} }), 'stand-in');
  const { one } = supervise(t, 'serve', { folder, spec: { source } });
  t.equal(one.state, 'stopped');
  t.end();
});

t.test('progress is reported during an installation, and a stop ends it', async (t) => {
  const started = Promise.withResolvers<void>();
  const toolchain = {
    prepare: ({ signal, progress }: ToolchainJob) =>
      new Promise<never>((_, reject) => {
        progress('fetching (1 of 2 MB)');
        signal.addEventListener('abort', () => reject(signal.reason));
        started.resolve();
      }),
  };
  const { one } = supervise(t, 'serve', { toolchain, spec: { source } });
  const wait = t.rejects(one.start('the test wants it'), { code: 'process_failed' });
  await started.promise;
  t.match(one.progress, { line: 'fetching (1 of 2 MB)', sinceEpochMs: Number });
  t.equal(one.state, 'installing');
  await one.stop('enough');
  await wait;
  t.equal(one.state, 'absent');
  t.equal(one.progress, undefined);
});

t.test('a failed installation has its remedy, and requests may repeat it later', async (t) => {
  let time = 0;
  let tries = 0;
  const toolchain = {
    prepare: async () => {
      tries++;
      throw new GatewayError('toolchain_missing', 'needs a thing; get it');
    },
  };
  const { one } = supervise(t, 'serve', { toolchain, now: () => time, spec: { source } });
  const { signal } = new AbortController();
  await t.rejects(one.ready(signal), { code: 'toolchain_missing', message: 'needs a thing; get it' });
  t.match(one.history.at(-1), { state: 'failed', reason: 'needs a thing; get it' });
  await t.rejects(one.ready(signal), { code: 'toolchain_missing' });
  t.equal(tries, 1);
  time += 1_000;
  await t.rejects(one.ready(signal), { code: 'toolchain_missing' });
  t.equal(tries, 2);
});

t.test('an unknown toolchain, and one that throws, are reported', async (t) => {
  const { one } = supervise(t, 'serve', { spec: { source } });
  await t.rejects(one.start('the test wants it'), { code: 'toolchain_missing', message: /toolchain "fake"/ });
  const toolchain = { prepare: () => Promise.reject(new Error('broken')) };
  const { one: other } = supervise(t, 'serve', { toolchain, spec: { source } });
  await t.rejects(other.start('the test wants it'), { code: 'install_failed', message: /broken/ });
});

t.test('a folder that cannot be written has its remedy', async (t) => {
  const toolchain = { prepare: () => mkdir(join(process.execPath, 'below')).then(() => ({})) };
  const { one } = supervise(t, 'serve', { toolchain, spec: { source } });
  await t.rejects(one.start('the test wants it'), {
    code: 'install_failed',
    message:
      /could not be installed: .+below cannot be written \(ENOTDIR.+\)\. Give .+ or name another folder with `apis`/,
  });
});

t.test('the log reports a long installation ever more rarely, and no line twice in a row', async (t) => {
  const logged: string[] = [];
  let now = 0;
  const toolchain = {
    prepare: async ({ folder, progress }: ToolchainJob) => {
      for (let second = 0; second <= 60; second++, now += 1_000) progress(`fetching (${second} of 60 MB)`);
      for (let second = 0; second <= 600; second++, now += 1_000) progress('unpacking');
      mkdirSync(folder);
      return {};
    },
  };
  const { one } = supervise(t, 'serve', { toolchain, logged, now: () => now, spec: { source } });
  await one.start('the test wants it');
  const [first, ...rest] = logged;
  t.equal(first, 'installing');
  t.strictSame(
    rest.filter((line) => line.startsWith('fetching')),
    [1, 3, 7, 15, 31].map((second) => `fetching (${second} of 60 MB)`),
  );
  t.strictSame(
    rest.filter((line) => line === 'unpacking'),
    ['unpacking'],
  );
});

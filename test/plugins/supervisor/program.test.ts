import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { gone, runs, said, supervise } from './supervise.ts';

const never = new AbortController().signal;

const environmentAt = async ({ origin }: { origin: string }): Promise<Record<string, string>> =>
  (await (await fetch(`${origin}/env`)).json()) as Record<string, string>;

t.test('it starts, is healthy, and leaves no process after a stop', async (t) => {
  const { one, address, states } = supervise(t, 'serve');
  await one.start('the test wants it');
  const pid = one.pid!;
  t.equal(one.state, 'healthy');
  t.equal((await fetch(`${address.origin}/health`)).status, 200);
  t.match(one.describe(), { state: 'healthy', pid, port: one.port, restarts: 0, lastExit: null });
  await one.stop('enough');
  t.notOk(runs(pid));
  t.equal(one.pid, undefined);
  t.strictSame(states(), ['stopped', 'starting', 'healthy', 'stopping', 'stopped']);
  t.match(one.history.at(-1), { state: 'stopped', reason: 'enough' });
  t.match(one.describe().lastExit, { code: null, signal: 'SIGTERM' });
});

t.test('two starts at once are one, and a start of what runs is none', async (t) => {
  const { one, states } = supervise(t, 'serve');
  await Promise.all([one.start('first'), one.start('second'), one.ready(never)]);
  const { pid } = one;
  await one.start('third');
  await one.ready(never);
  t.equal(one.pid, pid);
  t.strictSame(states(), ['stopped', 'starting', 'healthy']);
});

t.test('each start has a key and a free port of its own', async (t) => {
  const { one, address } = supervise(t, 'serve', { spec: { env: { PORT: '{port}', KEY: '{key}' } } });
  await one.start('first');
  const first = { ...address };
  t.equal((await environmentAt(address)).KEY, first.key);
  t.match(first.key, /^[\w-]{32}$/);
  await one.stop('again');
  await one.start('second');
  t.not(address.key, first.key);
  t.equal(address.origin, `http://127.0.0.1:${one.port}`);
});

t.test("a stop ends the process's children, too", async (t) => {
  const { one } = supervise(t, 'parent serve');
  await one.start('the test wants it');
  const child = Number(await said(one, 'child '));
  t.ok(runs(child));
  await one.stop('enough');
  t.notOk(runs(child));
});

t.test('a process that ignores SIGTERM is killed when the grace is over', async (t) => {
  const { one } = supervise(t, 'deaf serve', { spec: { stop: { signal: 'SIGTERM', graceMs: 100 } } });
  await one.start('the test wants it');
  const pid = one.pid!;
  await one.stop('enough');
  t.notOk(runs(pid));
  t.match(one.output, ['not now']);
  t.match(one.describe().lastExit, { signal: 'SIGKILL' });
});

t.test('a stop during a start ends the start', async (t) => {
  const { one, until } = supervise(t, 'silent');
  const started = one.start('the test wants it');
  await until('starting');
  while (one.pid === undefined) await sleep(5);
  const pid = one.pid;
  t.match(one.progress, { line: 'starting' });
  const [outcome] = await Promise.allSettled([started, one.stop('enough'), one.stop('enough')]);
  t.match(outcome, {
    status: 'rejected',
    reason: { code: 'process_failed', message: /stopped before it was ready/ },
  });
  t.notOk(runs(pid));
  t.equal(one.state, 'stopped');
});

t.test('the last of overlapping starts and stops counts', async (t) => {
  const { one } = supervise(t, 'serve');
  const [first] = await Promise.allSettled([one.start('a'), one.stop('b'), one.start('c')]);
  t.equal(first.status, 'rejected');
  t.equal(one.state, 'healthy');
  const outcomes = await Promise.allSettled([one.stop('d'), one.start('e'), one.stop('f')]);
  t.strictSame(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  t.equal(one.state, 'stopped');
});

t.test('a request that gives up leaves the start to others', async (t) => {
  const { one } = supervise(t, 'serve');
  const disconnect = new AbortController();
  const waits = [one.ready(disconnect.signal), one.ready(never)] as const;
  disconnect.abort(new Error('left'));
  await t.rejects(waits[0], { message: 'left' });
  await waits[1];
  t.equal(one.state, 'healthy');
  await t.rejects(one.ready(AbortSignal.abort(new Error('left before'))), { message: 'left before' });
});

t.test('a request does not start what is started by hand only', async (t) => {
  const { one } = supervise(t, 'serve', { spec: { start: 'manual' } });
  await t.rejects(one.ready(never), { code: 'provider_unavailable' });
  await one.start('by hand');
  await one.ready(never);
  await one.stop('by hand');
  await t.rejects(one.ready(never), { code: 'provider_unavailable', message: /stand-in is stopped/ });
});

t.test('a closed one stays closed', async (t) => {
  const { one } = supervise(t, 'serve');
  await one.start('the test wants it');
  const pid = one.pid!;
  await Promise.all([one.close(), one.close()]);
  t.ok(await gone(pid));
  await t.rejects(one.start('again'), { code: 'shutting_down' });
  await t.rejects(one.ready(never), { code: 'shutting_down' });
});

t.test("a program gets the variables it needs, and none of the gateway's secrets", async (t) => {
  const env = { PATH: process.env.PATH!, HOME: '/home/user', OPENAI_API_KEY: 'secret' };
  const { one } = supervise(t, 'env serve', {
    env,
    spec: { env: { PORT: '{port}', WHERE: '{folder}/{unknown}' } },
  });
  await one.start('the test wants it');
  const seen = JSON.parse(await said(one, 'env '));
  // By the last of them all that it starts is known as its own.
  t.strictSame(Object.keys(seen).sort(), ['HOME', 'PATH', 'PORT', 'SWITCHYARD_RUN', 'WHERE'].sort());
  t.match(seen.WHERE, /stand-in\/\{unknown\}$/);
});

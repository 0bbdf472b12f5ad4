import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { runs, said, supervise } from '../supervise.ts';

const never = new AbortController().signal;

t.test('a crashed program is started again, and a request waits for that', async (t) => {
  const { one, address, until, states } = supervise(t, 'parent serve');
  await one.start('the test wants it');
  const { pid } = one;
  const child = Number(await said(one, 'child '));
  await fetch(`${address.origin}/crash`).catch(() => {});
  const { reason } = await until('backoff');
  t.match(reason, /^stand-in exited with code 3; last lines: .*; next try in 0\.5 s$/);
  t.notOk(runs(child), 'its child is cleared away');
  await one.ready(never);
  t.not(one.pid, pid);
  t.equal(one.restarts, 1);
  t.match(one.describe().lastExit, { code: 3, signal: null });
  t.strictSame(states(), ['stopped', 'starting', 'healthy', 'backoff', 'starting', 'healthy']);
});

t.test('a crash loop fails, and the error has the last output', async (t) => {
  const { one, until, states } = supervise(t, 'crash');
  await t.rejects(one.start('the test wants it'), {
    code: 'process_failed',
    message: 'stand-in exited with code 3; last lines: no room for | the model',
  });
  const { reason } = await until('failed');
  t.match(reason, /again and again: stand-in exited with code 3; last lines: .*no room for \| the model/);
  t.equal(states().filter((state) => state === 'backoff').length, 4);
  t.equal(one.restarts, 4);
});

t.test('an exit caused by a client is no fault: it restarts at once, however often', async (t) => {
  const exits = [
    { code: 3, reason: 'a caller left', remedy: 'none is needed', passing: true, blameless: true },
  ];
  const { one, address, until, states } = supervise(t, 'serve', { spec: { exits }, pace: 1_000 });
  await one.start('the test wants it');
  for (let nth = 1; nth <= 6; nth++) {
    await sleep(120);
    await fetch(`${address.origin}/crash`).catch(() => {});
    const { reason } = await until('backoff');
    t.match(reason, /: a caller left; .*; it is started again at once$/);
    await one.ready(never);
    t.equal(one.restarts, nth);
  }
  t.notOk(states().includes('failed'));
});

t.test('requests do not retry a failed program before its time, a person may', async (t) => {
  let time = 1_000_000;
  const { one, until } = supervise(t, 'crash', { now: () => time });
  await t.rejects(one.ready(never));
  await until('failed');
  const changes = one.history.length;
  await t.rejects(one.ready(never), { code: 'process_failed' });
  t.equal(one.history.length, changes, 'nothing was started');
  t.equal(one.retryAtMs, time + 8_000);
  time += 8_000;
  await t.rejects(one.ready(never), { code: 'process_failed' });
  t.ok(one.history.length > changes, 'it was tried again');
  const [tries, second] = [one.history.length, one.start('by hand')];
  await t.rejects(second, { code: 'process_failed' });
  t.ok(one.history.length > tries);
});

t.test('a start in back-off tries at once, a stop ends the back-off', async (t) => {
  const { one, until, states } = supervise(t, 'crash', { pace: 1_000 });
  await t.rejects(one.start('first'));
  await until('backoff');
  const waiting = one.ready(never);
  await t.rejects(one.start('now'));
  await t.rejects(waiting, { message: /exited with code 3/ }, 'a waiting request shares that start');
  await until('backoff');
  t.strictSame(states(), ['stopped', 'starting', 'backoff', 'starting', 'backoff']);
  const stopped = t.rejects(one.ready(never), { message: /was stopped/ });
  await one.stop('enough');
  await stopped;
  t.equal(one.state, 'stopped');
});

t.test('a program that is never ready is stopped', async (t) => {
  const { one } = supervise(t, 'silent', {
    spec: { probe: { method: 'GET', path: '/health', status: [200], everyMs: 1_000, withinMs: 200 } },
  });
  const started = one.start('the test wants it');
  await t.rejects(started, {
    code: 'process_failed',
    message: /not ready within 200 ms: GET \/health failed \(ECONNREFUSED\)/,
  });
  t.equal(one.state, 'stopped');
  t.equal(one.pid, undefined);
});

t.test('a taken port is reported, with the program that has it', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { one } = supervise(t, 'serve', { spec: { port } });
  const holder =
    process.platform === 'linux'
      ? new RegExp(`port ${port} is already taken by pid ${process.pid} \\(.*node`)
      : /taken/;
  await t.rejects(one.start('the test wants it'), { code: 'process_failed', message: holder });
  t.equal(one.state, 'failed');
});

const linuxOnly = process.platform === 'linux' ? false : 'needs /proc';

t.test(
  'another program that answers the probe is not taken for the process',
  { skip: linuxOnly },
  async (t) => {
    const probe = { method: 'GET', path: '/health', status: [200], everyMs: 1_000, withinMs: 1_000 };
    const { one } = supervise(t, 'silent', { spec: { probe } });
    const started = one.start('the test wants it');
    while (one.port === undefined) await sleep(1);
    const stranger = createHttpServer((_, response) => response.end()).listen(one.port, '127.0.0.1');
    t.teardown(() => stranger.close());
    const message = new RegExp(
      `port ${one.port} is answered by pid ${process.pid} \\(.*\\), not by the process`,
    );
    await t.rejects(started, { code: 'process_failed', message });
  },
);

t.test('a missing program is reported', async (t) => {
  const { one } = supervise(t, '', { spec: { command: ['/nowhere/program'] } });
  await t.rejects(one.start('the test wants it'), {
    code: 'process_failed',
    message: /could not be run: \/nowhere\/program is not there/,
  });
  t.equal(one.state, 'failed');
});

t.test('three misses make it unhealthy, one answer heals it', async (t) => {
  const { one, address, until } = supervise(t, 'serve');
  await one.start('the test wants it');
  await fetch(`${address.origin}/sick`);
  t.match(await until('unhealthy'), { reason: 'GET /health answered 500' });
  await one.ready(never);
  await fetch(`${address.origin}/well`);
  t.match(await until('healthy'), { reason: 'it answers again' });
});

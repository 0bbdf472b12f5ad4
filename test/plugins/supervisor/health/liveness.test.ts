import t from 'tap';
import { StalledAttempts } from '../../../../plugins/supervisor/health/stalled-attempts.ts';
import type { AttemptOutcome } from '../../../../core/contracts/index.ts';
import { supervise } from '../supervise.ts';
import { ask, switchyardOf, programOf, reasonFor, until } from '../talkers.ts';

const stall = (sinceMs: number, ended: number, bytes = 0): AttemptOutcome => ({
  kind: 'stalled',
  what: '',
  sinceMs,
  untilMs: ended,
  bytes,
});

t.test(
  'a program that hangs with an open port is restarted, with the reason',
  { timeout: 300_000 },
  async (t) => {
    const { one, until: comes } = supervise(t, 'serve', {
      spec: {
        probe: { method: 'GET', path: '/health', status: [200], everyMs: 300, withinMs: 5_000 },
        stop: { signal: 'SIGTERM', graceMs: 50 },
        restartUnhealthyMs: 5_000,
      },
    });
    await one.start('the test wants it');
    const { pid } = one;
    process.kill(pid!, 'SIGSTOP');
    t.match(await comes('unhealthy'), { reason: 'GET /health took longer than 300 ms' });
    t.match(await comes('backoff'), {
      reason: /^stand-in was unhealthy for too long: GET \/health took .* next try in/,
    });
    await comes('healthy');
    t.not(one.pid, pid);
    t.equal(one.restarts, 1);
  },
);

t.test('a busy program is not a dead one', async (t) => {
  let heard = 0;
  let isBusy = true;
  const {
    one,
    address,
    until: comes,
    states,
  } = supervise(t, 'serve', {
    heard: () => (isBusy ? ++heard : heard),
    spec: { restartUnhealthyMs: 1_000 },
  });
  await one.start('the test wants it');
  await fetch(`${address.origin}/sick`);
  const looks = heard;
  await until(() => heard > looks + 10);
  t.strictSame(states(), ['stopped', 'starting', 'healthy'], 'it misses looks, and its answers go on');
  isBusy = false;
  await comes('backoff');
});

t.test('a program configured without restart gets none', async (t) => {
  let looks = 0;
  const {
    one,
    address,
    until: comes,
  } = supervise(t, 'serve', {
    heard: () => (looks++, 0),
    spec: { restartUnhealthyMs: 0 },
  });
  await one.start('the test wants it');
  await fetch(`${address.origin}/sick`);
  await comes('unhealthy');
  const before = looks;
  await until(() => looks > before + 20);
  t.equal(one.state, 'unhealthy');
});

t.test(
  'a program that answers its probe and no request is noticed by its traffic',
  { timeout: 300_000 },
  async (t) => {
    const timeouts = { firstByte: '200ms', firstContent: '200ms' };
    const switchyard = await switchyardOf(
      t,
      { one: { restartUnhealthy: '100ms', drain: '50ms' } },
      { timeouts, breaker: { failures: 100 } },
    );
    const one = programOf(switchyard, 'one');
    await one.start('the test wants it');
    const { pid } = one;
    while (!reasonFor(one, 'unhealthy')) await ask(switchyard, 'hang');
    t.match(
      reasonFor(one, 'unhealthy'),
      /^nothing came of 3 requests in a row, the last: one sent nothing within 200 ms/,
    );
    await until(() => one.state === 'healthy' && one.pid !== pid);
    t.match(reasonFor(one, 'stopping'), /^was unhealthy for too long: nothing came of 3 requests/);
    t.equal((await ask(switchyard, 'hello')).status, 200);
  },
);

t.test(
  'a program that computes for longer than its timeouts is not restarted',
  { timeout: 300_000 },
  async (t) => {
    const switchyard = await switchyardOf(
      t,
      { one: { restartUnhealthy: '100ms' } },
      {
        timeouts: { firstByte: '300ms' },
        breaker: { failures: 100 },
      },
    );
    const one = programOf(switchyard, 'one');
    await one.start('the test wants it');
    // Several threads, which get enough of a busy machine together.
    for (let threads = 0; threads < 4; threads++) await ask(switchyard, 'burn');
    await until(() => (one.usage?.cpu ?? 0) > 0.2);
    for (let times = 0; times < 4; times++) await ask(switchyard, 'hang');
    t.equal(one.state, 'healthy');
  },
);

t.test('a refused connection causes a probe at once', async (t) => {
  let looks = 0;
  const { one } = supervise(t, 'serve', {
    pace: 1,
    spec: {
      probe: {
        method: 'GET',
        path: '/health',
        status: [200],
        everyMs: 3_600_000,
        withinMs: 5_000,
        ready: () => (looks++, undefined),
      },
    },
  });
  await one.start('the test wants it');
  const before = looks;
  const now = performance.now();
  const failed: AttemptOutcome = { kind: 'failed', what: 'refused', sinceMs: now, untilMs: now, bytes: 0 };
  for (let times = 0; times < 5; times++) one.observe(failed);
  await until(() => looks > before);
  t.equal(looks, before + 1, 'once for all that come together');
});

t.test('stalls are counted one after the other, with nothing else between them', (t) => {
  const stalls = new StalledAttempts();
  t.equal(stalls.add(stall(0, 10), 0), 1);
  t.equal(stalls.add(stall(5, 11), 0), 1, 'those that waited together are one');
  t.equal(stalls.add(stall(12, 20), 0), 2);
  t.equal(stalls.add(stall(21, 30), 500), 1, 'another answer has moved meanwhile');
  t.equal(stalls.add(stall(31, 40, 100), 600), 2, 'its own bytes are no progress');
  t.notOk(stalls.areMany);
  stalls.add(stall(41, 50), 600);
  t.ok(stalls.areMany);
  stalls.clear();
  t.notOk(stalls.areMany);
  t.end();
});

import t, { type Test } from 'tap';
import type { Switchyard } from '../../switchyard.ts';
import type { BehaviourName } from '../../upstream/behaviours/index.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { blackhole } from '../../blackhole.ts';
import {
  bytesFrom,
  errorOf,
  gatewayInFront,
  idle,
  opened,
  targetOf,
  until,
  upstream,
} from '../../in-front.ts';

// They wait for the most part.
t.jobs = 4;

const ask = ({ url }: Switchyard, more = {}) => bytesFrom(`${url}/v1`, 'chat', more);

/** However late a busy machine is, the clocks that are not set here are far from running out by then, in ms. */
const SLACK = 40_000;

interface Expected {
  readonly code: string;
  readonly ms: number;
  readonly message: RegExp;
}

/** What a behaviour runs into is said in good time, and the upstream is left. */
async function runsOut(
  t: Test,
  switchyard: Switchyard,
  one: Upstream,
  name: BehaviourName,
  stream: boolean,
  { code, ms, message }: Expected,
) {
  const what = `${name}, ${stream ? 'stream' : 'JSON'}`;
  one.behave(name);
  const asked = one.posts.length;
  const answer = await ask(switchyard, { stream });
  t.equal(answer.status, 504, what);
  t.match(errorOf(answer.body.toString()), { code, message }, what);
  const trace = await switchyard.trace();
  t.match(trace, { ending: 'refused', status: 504, attempts: [{ outcome: 'failed', reason: code }] }, what);
  t.ok(trace.ms >= ms - 25 && trace.ms < ms + SLACK, `${what}: after ${trace.ms} ms`);
  t.equal(one.posts.length, asked + 1, what);
  t.ok(await one.left(one.posts.at(-1)!), `${what}: the upstream was left`);
}

async function start(
  t: Test,
  config: Record<string, unknown>,
): Promise<{ switchyard: Switchyard; one: Upstream }> {
  const one = await upstream(t, 'one');
  return {
    switchyard: await gatewayInFront(t, { one }, { breaker: { failures: 1_000, minimum: 1_000 }, ...config }),
    one,
  };
}

const firstByte = {
  code: 'first_byte_timeout',
  ms: 120,
  message: /^one sent nothing within 120 ms \(timeouts\.firstByte\)$/,
};

t.test('firstByte: the head of an answer', async (t) => {
  const { switchyard, one } = await start(t, { timeouts: { firstByte: '120ms' } });
  for (const stream of [true, false])
    await runsOut(t, switchyard, one, 'stall-before-head', stream, firstByte);
});

t.test('firstContent: the first content of a stream, whatever comes before it', async (t) => {
  const { switchyard, one } = await start(t, { timeouts: { firstContent: '150ms', idle: '60ms' } });
  const message = /^one sent no content within 150 ms \(timeouts\.firstContent\)$/;
  const expected = { code: 'first_content_timeout', ms: 150, message };
  for (const name of ['stall-before-content', 'pings-only', 'stall-before-head'] as const) {
    await runsOut(t, switchyard, one, name, true, expected);
  }
});

t.test('idle: silence inside an answer', async (t) => {
  const { switchyard, one } = await start(t, { timeouts: { idle: '120ms' } });
  const message = /^one fell silent for 120 ms in the middle of its answer \(timeouts\.idle\)$/;
  for (const name of ['stall-before-content', 'stall-after-content'] as const) {
    await runsOut(t, switchyard, one, name, false, { code: 'stream_stalled', ms: 120, message });
  }
  one.behave('stall-after-content');
  const { status, body } = await ask(switchyard);
  t.equal(status, 200);
  t.match(errorOf(body.toString()), { code: 'stream_stalled', message });
});

t.test('total: the whole request', async (t) => {
  const { switchyard, one } = await start(t, { timeouts: { total: '300ms' } });
  const message = /^one was not done within 300 ms \(timeouts\.total\)$/;
  const expected = { code: 'total_timeout', ms: 300, message };
  await runsOut(t, switchyard, one, 'pings-only', true, expected);
  await runsOut(t, switchyard, one, 'stall-before-content', false, expected);
  await one.quiet();
});

t.test('total: an answer that never falls silent, but does not end either', async (t) => {
  const { switchyard, one } = await start(t, { timeouts: { total: '2s' } });
  one.behave('slow-deltas', { delay: 400 });
  const { status, body, broken } = await ask(switchyard);
  t.match({ status, broken }, { status: 200, broken: false });
  t.match(errorOf(body.toString()), { code: 'total_timeout' });
  t.match(await switchyard.trace(), { ending: 'stalled' });
  await one.quiet();
});

t.test('connect: a connection that never comes about', async (t) => {
  const one = await blackhole(t);
  if (!one) return t.plan(0, 'this kernel completes connections that are not accepted');
  const two = await upstream(t, 'two');
  const alone = await gatewayInFront(t, { one }, { timeouts: { connect: '120ms' } });
  const { status, body } = await ask(alone);
  t.equal(status, 504);
  t.match(errorOf(body.toString()), {
    code: 'connect_timeout',
    message: 'one could not be connected to within 120 ms (timeouts.connect)',
  });
  await idle(alone);
  // Time stands still, so that its pause does not end however slow this machine is.
  const both = await gatewayInFront(
    t,
    { one, two },
    { only: { one: { timeouts: { connect: '120ms' } } } },
    { now: () => 0 },
  );
  for (let asked = 0; asked < 6; asked++) {
    t.match(await ask(both), { status: 200, headers: { 'x-upstream': 'two' } });
  }
  const traces = await both.traces(100);
  const tries = traces.flatMap(({ attempts }: { attempts: { provider: string }[] }) =>
    attempts.filter(({ provider }) => provider === 'one'),
  );
  t.equal(tries.length, 1, 'one that cannot be connected to is out at once');
  t.match(tries, [{ reason: 'connect_timeout' }]);
});

t.test("a provider's own clocks win over the gateway's, and a route's over both", async (t) => {
  const one = await upstream(t, 'one');
  for (const [what, config] of [
    ['provider', { timeouts: { firstByte: '30s' }, each: { timeouts: { firstByte: '120ms' } } }],
    ['route', { timeouts: { firstByte: '30s' }, route: { timeouts: { firstByte: '120ms' } } }],
    [
      'route over provider',
      { each: { timeouts: { firstByte: '30s' } }, route: { timeouts: { firstByte: '120ms' } } },
    ],
  ] as const) {
    const switchyard = await gatewayInFront(t, { one }, config);
    t.comment(what);
    await runsOut(t, switchyard, one, 'stall-before-head', true, firstByte);
  }
});

t.test('each target of a route has the clocks of its own provider', async (t) => {
  const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
  const switchyard = await gatewayInFront(
    t,
    { one, two },
    { only: { one: { timeouts: { firstByte: '100ms' } } } },
  );
  one.behave('slow-first-byte', { delay: 5_000 });
  two.behave('slow-first-byte', { delay: 200 });
  t.match(await ask(switchyard), {
    status: 200,
    headers: { 'x-upstream': 'two', 'x-switchyard-attempts': '2' },
  });
});

t.test('a slow answer is good as long as it is never silent for too long', async (t) => {
  const { switchyard, one } = await start(t, { timeouts: { idle: '1s' } });
  one.behave('slow-deltas', { delay: 150 });
  const { body } = await ask(switchyard);
  t.match(body.toString(), /\[DONE\]/);
  const { ms, ending } = await switchyard.trace();
  t.ok(ending === 'complete' && ms > 1_150, `complete after ${ms} ms`);
});

t.test('a slow client does not make its upstream look silent', async (t) => {
  const one = await upstream(t, 'one', { text: ['x'.repeat(64 * 1024)] });
  const switchyard = await gatewayInFront(t, { one }, { timeouts: { idle: '3s' } });
  one.behave('many-deltas', { count: 600 });
  const response = await opened(switchyard);
  const asked = one.posts[0]!;
  // Nothing is read until everything between here and the upstream is full, for more than the clock allows.
  let [last, since] = [-1, performance.now()];
  const stopped = () => {
    if (asked.bytesWritten !== last) [last, since] = [asked.bytesWritten, performance.now()];
    return performance.now() - since > 4_000;
  };
  await until(stopped, () => `${asked.bytesWritten} bytes and more`);
  t.equal(asked.overAt, undefined, 'the upstream waits');
  let text = '';
  for await (const part of response.setEncoding('latin1')) text = (text + part).slice(-1_000);
  t.match(text, /data: \[DONE\]\n\n$/);
  t.match(await switchyard.trace(), { ending: 'complete' });
  t.equal((await one.over(asked)).ended, true);
  await idle(switchyard);
  t.equal(targetOf(switchyard, 'one').inflight, 0);
});

t.test("one request's time runs out and the others go on", async (t) => {
  const { switchyard, one } = await start(t, { timeouts: { firstByte: '1s' } });
  one.behaveWhen((request) => request.fields()['user'] === 'late', 'stall-before-head');
  await ask(switchyard);
  const answers = await Promise.all(['late', 'a', 'late', 'b'].map((user) => ask(switchyard, { user })));
  t.strictSame(
    answers.map(({ status }) => status),
    [504, 200, 504, 200],
  );
});

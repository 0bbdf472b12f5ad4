import { once } from 'node:events';
import t, { type Test } from 'tap';
import type { Switchyard } from '../../switchyard.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import {
  bytesFrom,
  errorOf,
  gatewayInFront,
  idle,
  opened,
  post,
  targetOf,
  until,
  upstream,
} from '../../in-front.ts';

async function start(
  t: Test,
  each: Record<string, unknown>,
  config = {},
): Promise<{ switchyard: Switchyard; one: Upstream }> {
  const one = await upstream(t, 'one');
  return { switchyard: await gatewayInFront(t, { one }, { each, ...config }), one };
}

const ask = ({ url }: Switchyard, more = {}) => bytesFrom(`${url}/v1`, 'chat', more);

/** Sends requests one after the other, so that their order is known: each is in line before the next comes. */
async function inLine(switchyard: Switchyard, count: number): Promise<Promise<{ status: number }>[]> {
  const { concurrency } = targetOf(switchyard, 'one');
  const answers = [];
  for (let at = 0; at < count; at++) {
    const before = concurrency!.waiting;
    answers.push(ask(switchyard, { stream: at % 2 === 0, user: `${at}` }));
    await until(
      () => concurrency!.waiting === before + 1,
      () => `request ${at} in line`,
    );
  }
  return answers;
}

t.test('a provider never has more requests than its concurrency, and each is answered', async (t) => {
  for (const slots of [1, 2]) {
    const { switchyard, one } = await start(t, { concurrency: slots, models: { m: 'm', m2: 'm2' } });
    let most = 0;
    one.behaveWhen(() => {
      most = Math.max(
        most,
        one.requests.filter((request) => post(request) && request.overAt === undefined).length,
      );
      return false;
    }, 'ok');
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, at) =>
        ask(switchyard, { stream: at % 3 !== 0, model: at % 2 === 0 ? 'm' : 'm2' }),
      ),
    );
    t.ok(answers.every(({ status }) => status === 200));
    t.equal(most, slots, 'all of its slots are used, for all of its models together');
    await idle(switchyard);
    const { concurrency } = targetOf(switchyard, 'one');
    t.match(concurrency, { hasFreeSlot: true, waiting: 0 });
  }
});

t.test('requests are served first come, first served', async (t) => {
  const { switchyard, one } = await start(t, { concurrency: 1 });
  one.behaveOnce('stall-after-content');
  const first = await opened(switchyard);
  const answers = await inLine(switchyard, 8);
  first.destroy();
  await Promise.all(answers);
  const order = one.posts.slice(1).map((request) => request.fields()['user']);
  t.strictSame(order, ['0', '1', '2', '3', '4', '5', '6', '7']);
  t.match((await switchyard.trace()).notes, [{ waited: 'a free slot at one', ms: Number }]);
});

t.test('a slot is taken until the body has ended, not until its head came', async (t) => {
  const { switchyard, one } = await start(t, { concurrency: 1 });
  one.behaveOnce('slow-deltas', { delay: 30 });
  const streaming = await opened(switchyard);
  await once(streaming, 'readable');
  t.match(targetOf(switchyard, 'one'), { inflight: 1, isFull: true });
  const next = ask(switchyard);
  streaming.resume();
  t.match(await next, { status: 200 });
  const [first, second] = one.posts;
  t.ok(second!.startedAt >= first!.overAt!);
  await idle(switchyard);
});

t.test('a request that waits longer than timeouts.queue gets Retry-After', async (t) => {
  const { switchyard, one } = await start(t, { concurrency: 1 }, { timeouts: { queue: '80ms' } });
  one.behaveOnce('stall-after-content');
  const first = await opened(switchyard);
  for (const stream of [true, false]) {
    const { status, headers, body } = await ask(switchyard, { stream });
    t.match(
      { status, headers },
      { status: 503, headers: { 'retry-after': '2', 'x-switchyard-attempts': '0' } },
    );
    t.match(errorOf(body.toString()), {
      code: 'queue_timeout',
      type: 'unavailable_error',
      message: 'one had no free slot within 80 ms (timeouts.queue)',
    });
    const { ending, notes, attempts } = await switchyard.trace();
    t.match(
      { ending, notes, attempts },
      { ending: 'refused', notes: [{ waited: 'a free slot at one' }], attempts: [] },
    );
  }
  first.destroy();
  t.match(await ask(switchyard), { status: 200 });
  t.equal(one.posts.length, 2);
});

t.test(
  "a provider's queue timeout takes precedence over the gateway's, and a route's over both",
  async (t) => {
    const one = await upstream(t, 'one');
    for (const config of [
      { timeouts: { queue: '20s' }, each: { concurrency: 1, timeouts: { queue: '60ms' } } },
      { each: { concurrency: 1, timeouts: { queue: '20s' } }, route: { timeouts: { queue: '60ms' } } },
    ]) {
      const switchyard = await gatewayInFront(t, { one }, config);
      one.behaveOnce('stall-after-content');
      const first = await opened(switchyard);
      const { status, body } = await ask(switchyard);
      t.equal(status, 503);
      t.match(errorOf(body.toString()), { code: 'queue_timeout', message: /within 60 ms/ });
      first.destroy();
      await idle(switchyard);
    }
  },
);

t.test('no request waits in a full queue', async (t) => {
  const { switchyard, one } = await start(t, { concurrency: 1 });
  one.behaveOnce('stall-after-content');
  const first = await opened(switchyard);
  const { concurrency } = targetOf(switchyard, 'one');
  const waiting = Array.from({ length: concurrency!.longestQueue }, () => ask(switchyard, { stream: false }));
  await until(
    () => concurrency!.isQueueFull,
    () => 'a full line',
  );
  const { status, headers, body } = await ask(switchyard);
  t.match({ status, headers }, { status: 503, headers: { 'retry-after': '1' } });
  t.match(errorOf(body.toString()), {
    code: 'queue_full',
    message: /^one already has as many requests waiting/,
  });
  first.destroy();
  t.ok((await Promise.all(waiting)).every((answer) => answer.status === 200));
});

t.test('a request that finds one provider full goes to another at once', async (t) => {
  const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
  const switchyard = await gatewayInFront(t, { one, two }, { only: { one: { concurrency: 1 } } });
  one.behave('stall-after-content');
  const first = await opened(switchyard);
  t.equal(first.headers['x-upstream'], 'one');
  for (let asked = 0; asked < 5; asked++) {
    t.match(await ask(switchyard), {
      status: 200,
      headers: { 'x-upstream': 'two', 'x-switchyard-attempts': '1' },
    });
    t.match(await switchyard.trace(), { notes: [] }, 'no request waited');
  }
  t.equal(one.posts.length, 1);
  first.destroy();
  await idle(switchyard);
});

t.test('a request that waits for several providers takes the first free slot', async (t) => {
  const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
  const switchyard = await gatewayInFront(t, { one, two }, { each: { concurrency: 1 } });
  one.behaveOnce('stall-after-content');
  two.behaveOnce('stall-after-content');
  const [first, second] = [await opened(switchyard), await opened(switchyard)];
  const [waiting] = await inLine(switchyard, 1);
  t.equal(targetOf(switchyard, 'two').concurrency!.waiting, 1);
  (second.headers['x-upstream'] === 'two' ? second : first).destroy();
  t.match(await waiting, { status: 200, headers: { 'x-upstream': 'two' } });
  t.match(
    [targetOf(switchyard, 'one').concurrency!.waiting, targetOf(switchyard, 'two').concurrency!.waiting],
    [0, 0],
    'it stands in no line any more',
  );
  first.destroy();
  second.destroy();
  await idle(switchyard);
});

t.test('a pause of a provider reaches all requests in its queue at once', async (t) => {
  const { switchyard, one } = await start(t, { concurrency: 1 });
  one.behave('slow-first-byte', { delay: 100 });
  one.behaveOnce('status-429', { retryAfter: 600 });
  one.behaveWhen((request) => request.fields()['user'] === 'first', 'stall-after-content');
  const first = await opened(switchyard, { user: 'first' });
  const answers = await inLine(switchyard, 4);
  const since = performance.now();
  first.destroy();
  t.strictSame(
    (await Promise.all(answers)).map(({ status }) => status),
    [429, 429, 429, 429],
  );
  t.ok(performance.now() - since < 20_000, 'none stands in line until its queue clock runs out');
  t.equal(one.posts.length, 2);
  t.match(targetOf(switchyard, 'one').concurrency, { hasFreeSlot: true, waiting: 0 });
});

t.test('a request without a translation delays no other in the queue', async (t) => {
  const { switchyard, one } = await start(t, { concurrency: 1, surfaces: ['chat'] });
  one.behaveOnce('stall-after-content');
  const first = await opened(switchyard);
  const { concurrency } = targetOf(switchyard, 'one');
  // Several prompts in one request are several chats.
  const impossible = bytesFrom(`${switchyard.url}/v1`, 'completions', { prompt: ['a', 'b'], stream: false });
  await until(
    () => concurrency!.waiting === 1,
    () => 'one in line',
  );
  const next = ask(switchyard);
  await until(
    () => concurrency!.waiting === 2,
    () => 'two in line',
  );
  const since = performance.now();
  first.destroy();
  t.match(await impossible, { status: 400 });
  t.match(await next, { status: 200 });
  t.ok(performance.now() - since < 20_000);
});

t.test('slots are released after every kind of failure', async (t) => {
  const { switchyard, one } = await start(
    t,
    { concurrency: 1, timeouts: { firstByte: '150ms', idle: '150ms' } },
    { breaker: { failures: 1_000, minimum: 1_000 } },
  );
  for (const name of [
    'rst-before-head',
    'rst-after-content',
    'stall-before-head',
    'stall-after-content',
    'status-500',
    'empty-200',
    'error-in-200',
    'not-http',
    'cut-after-content',
    'short-body',
  ] as const) {
    one.behave(name);
    for (const stream of [true, false]) await ask(switchyard, { stream });
    await idle(switchyard);
    t.match(targetOf(switchyard, 'one').concurrency, { hasFreeSlot: true, waiting: 0 }, name);
  }
  one.behave('ok');
  t.match(await ask(switchyard), { status: 200 });
});

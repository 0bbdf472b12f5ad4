import { once } from 'node:events';
import t, { type Test } from 'tap';
import type { House } from '../house.ts';
import type { Upstream } from '../upstream/upstream.ts';
import {
  bytesFrom,
  errorOf,
  houseInFront,
  idle,
  opened,
  post,
  targetOf,
  until,
  upstream,
} from './in-front.ts';

async function start(
  t: Test,
  each: Record<string, unknown>,
  config = {},
): Promise<{ house: House; one: Upstream }> {
  const one = await upstream(t, 'one');
  return { house: await houseInFront(t, { one }, { each, ...config }), one };
}

const ask = ({ url }: House, more = {}) => bytesFrom(`${url}/v1`, 'chat', more);

/** Sends requests one after the other, so that their order is known: each is in line before the next comes. */
async function inLine(house: House, count: number): Promise<Promise<{ status: number }>[]> {
  const { room } = targetOf(house, 'one');
  const answers = [];
  for (let at = 0; at < count; at++) {
    const before = room!.waiting;
    answers.push(ask(house, { stream: at % 2 === 0, user: `${at}` }));
    await until(
      () => room!.waiting === before + 1,
      () => `request ${at} in line`,
    );
  }
  return answers;
}

t.test('no more requests than it bears are with a provider at any time, and each is answered', async (t) => {
  for (const concurrency of [1, 2]) {
    const { house, one } = await start(t, { concurrency, models: { m: 'm', m2: 'm2' } });
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
        ask(house, { stream: at % 3 !== 0, model: at % 2 === 0 ? 'm' : 'm2' }),
      ),
    );
    t.ok(answers.every(({ status }) => status === 200));
    t.equal(most, concurrency, 'all of its room is used, for all of its models together');
    await idle(house);
    const { room } = targetOf(house, 'one');
    t.match(room, { free: true, waiting: 0 });
  }
});

t.test('who came first is served first', async (t) => {
  const { house, one } = await start(t, { concurrency: 1 });
  one.behaveOnce('stall-after-content');
  const first = await opened(house);
  const answers = await inLine(house, 8);
  first.destroy();
  await Promise.all(answers);
  const order = one.posts.slice(1).map((request) => request.fields()['user']);
  t.strictSame(order, ['0', '1', '2', '3', '4', '5', '6', '7']);
  t.match((await house.trace()).notes, [{ waited: 'room at one', ms: Number }]);
});

t.test('a place is taken until the body has ended, not until its head came', async (t) => {
  const { house, one } = await start(t, { concurrency: 1 });
  one.behaveOnce('slow-deltas', { delay: 30 });
  const streaming = await opened(house);
  await once(streaming, 'readable');
  t.match(targetOf(house, 'one'), { inflight: 1, full: true });
  const next = ask(house);
  streaming.resume();
  t.match(await next, { status: 200 });
  const [first, second] = one.posts;
  t.ok(second!.startedAt >= first!.overAt!);
  await idle(house);
});

t.test('who waits for longer than the queue clock allows is told when to come back', async (t) => {
  const { house, one } = await start(t, { concurrency: 1 }, { timeouts: { queue: '80ms' } });
  one.behaveOnce('stall-after-content');
  const first = await opened(house);
  for (const stream of [true, false]) {
    const { status, headers, body } = await ask(house, { stream });
    t.match(
      { status, headers },
      { status: 503, headers: { 'retry-after': '2', 'x-switchyard-attempts': '0' } },
    );
    t.match(errorOf(body.toString()), {
      code: 'queue_timeout',
      type: 'unavailable_error',
      message: 'one had no room within 80 ms (timeouts.queue)',
    });
    const { ending, notes, attempts } = await house.trace();
    t.match(
      { ending, notes, attempts },
      { ending: 'refused', notes: [{ waited: 'room at one' }], attempts: [] },
    );
  }
  first.destroy();
  t.match(await ask(house), { status: 200 });
  t.equal(one.posts.length, 2);
});

t.test("a provider's own queue clock counts, and a route's before it", async (t) => {
  const one = await upstream(t, 'one');
  for (const config of [
    { timeouts: { queue: '20s' }, each: { concurrency: 1, timeouts: { queue: '60ms' } } },
    { each: { concurrency: 1, timeouts: { queue: '20s' } }, route: { timeouts: { queue: '60ms' } } },
  ]) {
    const house = await houseInFront(t, { one }, config);
    one.behaveOnce('stall-after-content');
    const first = await opened(house);
    const { status, body } = await ask(house);
    t.equal(status, 503);
    t.match(errorOf(body.toString()), { code: 'queue_timeout', message: /within 60 ms/ });
    first.destroy();
    await idle(house);
  }
});

t.test('behind a line that is too long nobody waits', async (t) => {
  const { house, one } = await start(t, { concurrency: 1 });
  one.behaveOnce('stall-after-content');
  const first = await opened(house);
  const { room } = targetOf(house, 'one');
  const waiting = Array.from({ length: room!.longest }, () => ask(house, { stream: false }));
  await until(
    () => room!.lineFull,
    () => 'a full line',
  );
  const { status, headers, body } = await ask(house);
  t.match({ status, headers }, { status: 503, headers: { 'retry-after': '1' } });
  t.match(errorOf(body.toString()), {
    code: 'queue_full',
    message: /^one already has as many requests waiting/,
  });
  first.destroy();
  t.ok((await Promise.all(waiting)).every((answer) => answer.status === 200));
});

t.test('what one provider has no room for, another takes at once', async (t) => {
  const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
  const house = await houseInFront(t, { one, two }, { only: { one: { concurrency: 1 } } });
  one.behave('stall-after-content');
  const first = await opened(house);
  t.equal(first.headers['x-upstream'], 'one');
  for (let asked = 0; asked < 5; asked++) {
    t.match(await ask(house), {
      status: 200,
      headers: { 'x-upstream': 'two', 'x-switchyard-attempts': '1' },
    });
    t.match(await house.trace(), { notes: [] }, 'nobody waited');
  }
  t.equal(one.posts.length, 1);
  first.destroy();
  await idle(house);
});

t.test('who waits for several providers takes the first room there is', async (t) => {
  const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
  const house = await houseInFront(t, { one, two }, { each: { concurrency: 1 } });
  one.behaveOnce('stall-after-content');
  two.behaveOnce('stall-after-content');
  const [first, second] = [await opened(house), await opened(house)];
  const [waiting] = await inLine(house, 1);
  t.equal(targetOf(house, 'two').room!.waiting, 1);
  (second.headers['x-upstream'] === 'two' ? second : first).destroy();
  t.match(await waiting, { status: 200, headers: { 'x-upstream': 'two' } });
  t.match(
    [targetOf(house, 'one').room!.waiting, targetOf(house, 'two').room!.waiting],
    [0, 0],
    'it stands in no line any more',
  );
  first.destroy();
  second.destroy();
  await idle(house);
});

t.test('when a provider asks for a pause, all who wait for it learn it at once', async (t) => {
  const { house, one } = await start(t, { concurrency: 1 });
  one.behave('slow-first-byte', { delay: 100 });
  one.behaveOnce('status-429', { retryAfter: 600 });
  one.behaveWhen((request) => request.fields()['user'] === 'first', 'stall-after-content');
  const first = await opened(house, { user: 'first' });
  const answers = await inLine(house, 4);
  const since = performance.now();
  first.destroy();
  t.strictSame(
    (await Promise.all(answers)).map(({ status }) => status),
    [429, 429, 429, 429],
  );
  t.ok(performance.now() - since < 5_000, 'none stands in line until its queue clock runs out');
  t.equal(one.posts.length, 2);
  t.match(targetOf(house, 'one').room, { free: true, waiting: 0 });
});

t.test('a request that cannot be said in the API of its provider holds up nobody in line', async (t) => {
  const { house, one } = await start(t, { concurrency: 1, surfaces: ['chat'] });
  one.behaveOnce('stall-after-content');
  const first = await opened(house);
  const { room } = targetOf(house, 'one');
  // Several prompts in one request are several chats.
  const impossible = bytesFrom(`${house.url}/v1`, 'completions', { prompt: ['a', 'b'], stream: false });
  await until(
    () => room!.waiting === 1,
    () => 'one in line',
  );
  const next = ask(house);
  await until(
    () => room!.waiting === 2,
    () => 'two in line',
  );
  const since = performance.now();
  first.destroy();
  t.match(await impossible, { status: 400 });
  t.match(await next, { status: 200 });
  t.ok(performance.now() - since < 5_000);
});

t.test('places are given back after every kind of failure', async (t) => {
  const { house, one } = await start(
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
    for (const stream of [true, false]) await ask(house, { stream });
    await idle(house);
    t.match(targetOf(house, 'one').room, { free: true, waiting: 0 }, name);
  }
  one.behave('ok');
  t.match(await ask(house), { status: 200 });
});

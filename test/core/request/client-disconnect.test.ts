import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { Switchyard, Trace } from '../../switchyard.ts';
import { blackhole } from '../../blackhole.ts';
import {
  bytesFrom,
  gatewayInFront,
  idle,
  opened,
  ownProvider,
  post,
  startOne,
  targetOf,
  until,
  upstream,
} from '../../in-front.ts';

/** A request whose client can go away. */
function leaver(switchyard: Switchyard, body: Record<string, unknown> = {}): { leave(): Promise<void> } {
  const disconnect = new AbortController();
  const gone = switchyard.chat(body, { signal: disconnect.signal }).then(
    () => {},
    () => {},
  );
  return {
    leave: () => {
      disconnect.abort();
      return gone;
    },
  };
}

/** The newest traces, once that many are there: each is written when the gateway has noticed the disconnect. */
async function traceOf(switchyard: Switchyard, count: number): Promise<Trace> {
  for (;;) {
    const { data } = (await switchyard.ask('/requests')).json() as {
      data: { id: string; ending: string | null }[];
    };
    const ended = data.filter(({ ending }) => ending !== null);
    if (ended.length >= count) return switchyard.trace(ended[0]!.id);
    await sleep(5);
  }
}

t.test('a client disconnect aborts the upstream request, in every phase', async (t) => {
  const { switchyard, one } = await startOne(t);
  let count = 0;
  for (const [name, stream, left] of [
    ['stall-before-head', true, 'before-head'],
    ['stall-before-head', false, 'before-head'],
    ['stall-before-content', true, 'mid-body'],
    ['pings-only', true, 'mid-body'],
    ['stall-before-content', false, 'mid-body'],
    ['stall-after-content', false, 'mid-body'],
  ] as const) {
    one.behave(name);
    const client = leaver(switchyard, { stream });
    const asked = await one.seen(++count, post);
    if (left === 'mid-body')
      await until(
        () => asked.bytesWritten > 0,
        () => 'a part of the answer',
      );
    await client.leave();
    t.equal(await one.left(asked), left, `${name}, ${stream ? 'stream' : 'JSON'}`);
    await idle(switchyard);
    const trace = await traceOf(switchyard, count);
    t.match(trace, { ending: 'left', attempts: [{ outcome: 'left' }] }, name);
    t.equal(trace.attempts.length, 1);
  }
  t.equal(one.posts.length, count, 'nothing more was sent');
});

t.test('a client disconnect in mid-stream aborts it too', async (t) => {
  const { switchyard, one } = await startOne(t);
  for (const [index, name] of (['stall-after-content', 'many-deltas', 'slow-deltas'] as const).entries()) {
    one.behave(name, name === 'many-deltas' ? { count: 10_000_000 } : {});
    const response = await opened(switchyard);
    await once(response, 'readable');
    t.equal(targetOf(switchyard, 'one').inflight, 1);
    response.destroy();
    t.equal(await one.left(one.posts[index]!), 'mid-body', name);
    await idle(switchyard);
    t.match(await traceOf(switchyard, index + 1), {
      ending: 'left',
      status: undefined,
      attempts: [{ outcome: 'left' }],
    });
  }
});

t.test('a disconnect of a client that has not read is noticed too', async (t) => {
  const one = await upstream(t, 'one', { text: ['x'.repeat(64 * 1024)] });
  const switchyard = await gatewayInFront(t, { one });
  one.behave('many-deltas', { count: 100_000 });
  const response = await opened(switchyard);
  const asked = one.posts[0]!;
  await until(
    () => asked.bytesWritten > 4_000_000,
    () => 'enough to fill what lies between',
  );
  response.destroy();
  t.equal(await one.left(asked), 'mid-body');
  await idle(switchyard);
});

t.test('a client disconnect in the queue costs no upstream request', async (t) => {
  const { switchyard, one } = await startOne(t, { each: { concurrency: 1 } });
  one.behaveOnce('stall-before-head');
  const first = leaver(switchyard);
  const held = await one.seen(1, post);
  const { concurrency } = targetOf(switchyard, 'one');
  const waiting = [leaver(switchyard), leaver(switchyard, { stream: true })];
  await until(
    () => concurrency!.waiting === 2,
    () => 'two in line',
  );
  for (const client of waiting) await client.leave();
  await until(
    () => concurrency!.waiting === 0,
    () => 'an empty queue',
  );
  t.match(await traceOf(switchyard, 2), { ending: 'left', attempts: [] });
  t.equal(held.overAt, undefined, 'the active request stays');
  await first.leave();
  t.equal(await one.left(held), 'before-head');
  t.match(await bytesFrom(`${switchyard.url}/v1`, 'chat'), { status: 200 }, 'there is room again');
  t.equal(one.posts.length, 2);
  await idle(switchyard);
});

t.test('a client disconnect during the upstream connect costs no upstream request', async (t) => {
  const one = await blackhole(t);
  if (!one) return t.plan(0, 'this kernel completes connections that are not accepted');
  const two = await upstream(t, 'two');
  const switchyard = await gatewayInFront(t, { one, two });
  const client = leaver(switchyard, { stream: true });
  await until(
    () => targetOf(switchyard, 'one').inflight === 1,
    () => 'the attempt',
  );
  await client.leave();
  await idle(switchyard);
  t.match(await traceOf(switchyard, 1), {
    ending: 'left',
    attempts: [{ target: 'one/m', outcome: 'left', connected: undefined }],
  });
  t.equal(two.posts.length, 0);
});

t.test('a client disconnect between two attempts prevents the second', async (t) => {
  const { switchyard, one } = await startOne(t);
  one.behave('status-429', { retryAfter: 2 });
  const client = leaver(switchyard);
  await one.over(await one.seen(1, post));
  await until(
    () => targetOf(switchyard, 'one').blocks(performance.now()).has('quota'),
    () => 'the wait',
  );
  await client.leave();
  t.match(await traceOf(switchyard, 1), { ending: 'left', attempts: [{ outcome: 'failed', status: 429 }] });
  t.equal(one.posts.length, 1);
  await idle(switchyard);
});

t.test("a client disconnect does not count against a target's health", async (t) => {
  const { switchyard, one } = await startOne(t, { breaker: { failures: 1 } });
  one.behave('stall-before-head');
  for (let count = 1; count <= 4; count++) {
    const client = leaver(switchyard);
    await one.seen(count, post);
    await client.leave();
  }
  await idle(switchyard);
  one.behave('ok');
  t.match(await bytesFrom(`${switchyard.url}/v1`, 'chat'), { status: 200 });
  t.equal(targetOf(switchyard, 'one').errorRate, 0);
});

t.test('half of a request reaches no upstream', async (t) => {
  const { switchyard, one } = await startOne(t);
  const disconnect = new AbortController();
  const asked = fetch(`${switchyard.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: new ReadableStream({ start: (body) => body.enqueue(Buffer.from('{"model":"m",')) }),
    duplex: 'half',
    signal: disconnect.signal,
  } as RequestInit);
  setTimeout(() => disconnect.abort(), 30);
  await t.rejects(asked);
  t.match(await bytesFrom(`${switchyard.url}/v1`, 'chat'), { status: 200 });
  t.equal(one.posts.length, 1);
});

t.test('an upstream with onLeave drain is read to its end after the client has disconnected', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(
    t,
    { one },
    { each: { use: ownProvider(t, { onLeave: 'drain' }), concurrency: 1 } },
  );
  for (const [index, [name, stream]] of (
    [
      ['slow-first-byte', true],
      ['slow-first-byte', false],
      ['slow-content', true],
      ['slow-deltas', false],
    ] as const
  ).entries()) {
    const left = Promise.withResolvers<void>();
    if (name === 'slow-deltas') one.behave(name, { delay: 150 });
    else one.behave(name, { until: left.promise });
    const client = leaver(switchyard, { stream });
    const asked = await one.seen(index + 1, post);
    await client.leave();
    t.match(await traceOf(switchyard, index + 1), { ending: 'left', attempts: [{ outcome: 'left' }] });
    left.resolve();
    t.match(await one.over(asked), { ended: true, left: undefined }, name);
    await idle(switchyard);
  }
  one.behave('slow-deltas', { delay: 40 });
  const response = await opened(switchyard);
  await once(response, 'readable');
  response.destroy();
  const asked = one.posts.at(-1)!;
  // Its place is taken until it is done: the next waits for it.
  const next = bytesFrom(`${switchyard.url}/v1`, 'chat', { stream: false });
  t.match(await one.over(asked), { ended: true, left: undefined });
  t.match(await next, { status: 200 });
  t.ok(one.posts.at(-1)!.startedAt >= asked.overAt!);
  await idle(switchyard);
});

t.test('an upstream with onLeave drain gets no request of a client that has disconnected', async (t) => {
  const one = await blackhole(t);
  if (!one) return t.plan(0, 'this kernel completes connections that are not accepted');
  const switchyard = await gatewayInFront(
    t,
    { one },
    { each: { use: ownProvider(t, { onLeave: 'drain' }) } },
  );
  const client = leaver(switchyard, { stream: true });
  await until(
    () => targetOf(switchyard, 'one').inflight === 1,
    () => 'the attempt',
  );
  await client.leave();
  await idle(switchyard);
  t.match(await traceOf(switchyard, 1), { ending: 'left' });
});

t.test('a client disconnect in a compressed answer releases its slot once', async (t) => {
  const text = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(6_000_000));
  const one = await upstream(t, 'one', { text, interval: 0 });
  const switchyard = await gatewayInFront(t, { one });
  one.behave('gzip');
  const response = await opened(switchyard);
  // All of it came over the wire at once; it is unpacked into a client that does not read.
  t.match(await one.over(one.posts[0]!), { ended: true });
  response.destroy();
  await traceOf(switchyard, 1);
  await idle(switchyard);
  t.match(await bytesFrom(`${switchyard.url}/v1`, 'completions'), { status: 200 });
  await idle(switchyard);
  t.equal(targetOf(switchyard, 'one').inflight, 0);
});

t.test('a compressed answer with onLeave drain is read to its end too', async (t) => {
  const text = ['a', 'b', 'c'].map((letter) => letter.repeat(6_000_000));
  const one = await upstream(t, 'one', { text, interval: 300 });
  const switchyard = await gatewayInFront(
    t,
    { one },
    { each: { use: ownProvider(t, { onLeave: 'drain' }) } },
  );
  one.behave('gzip');
  const client = leaver(switchyard, { stream: true });
  const asked = await one.seen(1, post);
  await until(
    () => asked.bytesWritten > 1_000,
    () => 'a first part, which is still being unpacked',
  );
  await client.leave();
  t.match(await one.over(asked), { ended: true, left: undefined });
  await idle(switchyard);
});

import t from 'tap';
import { startUpstream } from '../upstream/upstream.ts';
import { gatewayInFront, idle, post, targetOf, upstream } from '../in-front.ts';
import { ask, start, triesAtOne } from './breaker/two-targets.ts';

t.test('a dead target is tried once in sixty requests, and used again once it is back', async (t) => {
  const { switchyard, one, pass } = await start(t);
  const { port } = one;
  await one.close();
  t.equal(await triesAtOne(t, switchyard, 60), 1);
  const { candidates, notes } = await switchyard.trace();
  t.match(candidates[0], {
    target: 'one/m',
    out: [/^breaker: one could not be reached at http.*: nothing listens there; tried again in 1\.0 s$/],
  });
  t.match(notes, [{ out: { 'one/m': [/^breaker/] } }]);
  // Each further failure blocks it for twice as long, up to half a minute.
  for (const pause of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
    pass(pause - 1);
    t.equal(await triesAtOne(t, switchyard, 4), 0, `still out after ${pause - 1} ms`);
    pass(1);
    t.equal(await triesAtOne(t, switchyard, 4), 1, `tried after ${pause} ms`);
  }
  const back = await startUpstream({ name: 'one', port });
  t.teardown(() => back.close());
  t.equal(await triesAtOne(t, switchyard, 4), 0);
  pass(30_000);
  t.equal(await triesAtOne(t, switchyard, 20), 10, 'it has its share again');
  pass(30_000);
  t.equal(await triesAtOne(t, switchyard, 4), 2);
  await back.close();
  t.equal(await triesAtOne(t, switchyard, 10), 1);
  pass(1_000);
  t.equal(
    await triesAtOne(t, switchyard, 4),
    1,
    'after a while without trouble it begins again with a short pause',
  );
});

t.test(
  'a recovered target is blocked again at its next failure, until it has been healthy for a while',
  async (t) => {
    const { switchyard, one, pass } = await start(t);
    one.behave('status-500');
    t.equal(await triesAtOne(t, switchyard, 10), 3);
    pass(1_000);
    one.behave('ok');
    t.equal(await triesAtOne(t, switchyard, 10), 5, 'it has its share again');
    one.behave('status-500');
    t.equal(await triesAtOne(t, switchyard, 10), 1, 'one failure is enough');
    pass(1_999);
    one.behave('ok');
    t.equal(await triesAtOne(t, switchyard, 4), 0, 'and its pause is the next longer one');
    pass(1);
    t.equal(await triesAtOne(t, switchyard, 10), 5);
    pass(8_000);
    t.equal(await triesAtOne(t, switchyard, 4), 2);
    one.behave('status-500');
    t.equal(await triesAtOne(t, switchyard, 10), 3, 'it takes three again');
  },
);

t.test(
  'where many requests pass a blocked target, one of them tries it before a long pause is over',
  async (t) => {
    const { switchyard, one, pass } = await start(t, {
      breaker: { failures: 1, first: '1s', longest: '1h' },
    });
    one.behave('status-500');
    await triesAtOne(t, switchyard, 2);
    for (const pause of [1_000, 2_000, 4_000, 8_000]) {
      pass(pause);
      t.equal(await triesAtOne(t, switchyard, 2), 1);
    }
    t.equal(await triesAtOne(t, switchyard, 150), 0, 'not sooner than after the first pause');
    one.behave('ok');
    pass(1_000);
    t.ok((await triesAtOne(t, switchyard, 10)) >= 4, 'fifteen seconds before its time');
  },
);

t.test('latencies learned during an outage are forgotten with its end', async (t) => {
  const { switchyard, one, pass } = await start(t);
  one.behave('status-500');
  await triesAtOne(t, switchyard, 10);
  const { stats } = targetOf(switchyard, 'one');
  t.ok(stats.errorRate > 0.4);
  one.behave('ok');
  pass(1_000);
  t.equal(await triesAtOne(t, switchyard, 4), 2);
  t.equal(stats.errorRate, 0);
});

t.test('a target that a strategy avoids without a block is tried again, too', async (t) => {
  const { switchyard, one, pass } = await start(t, { route: { strategy: { use: 'health-based' } } });
  one.behave('status-500');
  t.equal(await triesAtOne(t, switchyard, 20), 1);
  t.equal(targetOf(switchyard, 'one').blocks(0).size, 0);
  one.behave('ok');
  pass(1_000);
  await triesAtOne(t, switchyard, 140);
  t.ok((await triesAtOne(t, switchyard, 60)) > 15, 'and has its share as long as its answers are good');
});

t.test('a target whose pause is over is tried, whatever the strategy prefers', async (t) => {
  const { switchyard, one, pass } = await start(t, { route: { strategy: { use: 'response-time' } } });
  await triesAtOne(t, switchyard, 4);
  one.behave('status-500');
  const { stats } = targetOf(switchyard, 'one');
  for (let failure = 0; failure < 3; failure++) {
    stats.doubt();
    await triesAtOne(t, switchyard, 1);
  }
  t.ok(stats.blocks.has('breaker'));
  one.behave('ok');
  pass(1_000);
  t.ok((await triesAtOne(t, switchyard, 6)) >= 1);
  t.equal(stats.errorRate, 0);
});

t.test('other failures block a target after the configured number in a row, not before', async (t) => {
  const { switchyard, one, pass } = await start(t, { breaker: { failures: 3, first: '10s' } });
  one.behave('status-500');
  t.equal(await triesAtOne(t, switchyard, 2), 2);
  one.behaveOnce('ok');
  t.equal(await triesAtOne(t, switchyard, 2), 1);
  t.equal(await triesAtOne(t, switchyard, 40), 3, 'a good answer in between begins the row again');
  pass(10_000);
  t.equal(await triesAtOne(t, switchyard, 10), 1, 'then one failure is enough');
});

t.test('many failures at once are one outage: the pause is as short as after one', async (t) => {
  const { switchyard, one, pass } = await start(t);
  one.behave('rst-before-head');
  const answers = await Promise.all(Array.from({ length: 24 }, () => ask(switchyard)));
  t.ok(answers.every(({ status }) => status === 200));
  one.behave('ok');
  pass(999);
  t.equal(await triesAtOne(t, switchyard, 4), 0);
  pass(1);
  t.equal(await triesAtOne(t, switchyard, 4), 2);
});

t.test('after its pause one request tries it, and the others do not wait for the result', async (t) => {
  const { switchyard, one, two, pass } = await start(t, {
    only: { one: { timeouts: { firstByte: '400ms' } } },
  });
  one.behave('rst-before-head');
  await triesAtOne(t, switchyard, 3);
  one.forget();
  one.behave('stall-before-head');
  pass(1_000);
  const before = two.posts.length;
  const answers = Promise.all(Array.from({ length: 20 }, () => ask(switchyard)));
  await two.seen(before + 19, post);
  t.equal(one.posts.length, 1);
  t.equal(one.posts[0]!.overAt, undefined, 'nineteen have their answer while one is still trying');
  t.ok((await answers).every(({ status }) => status === 200));
  one.behave('ok');
  pass(2_000);
  t.equal(await triesAtOne(t, switchyard, 4), 2, 'a good answer, and it has its share again');
});

t.test('when the client of the trial disconnects, the next request tries', async (t) => {
  const { switchyard, one, pass } = await start(t);
  one.behave('rst-before-head');
  await triesAtOne(t, switchyard, 3);
  one.forget();
  one.behave('stall-before-head');
  pass(1_000);
  const disconnect = new AbortController();
  const trial = switchyard.chat({}, { signal: disconnect.signal });
  const tried = await one.seen(1, post);
  t.equal(await triesAtOne(t, switchyard, 4), 0);
  disconnect.abort();
  await t.rejects(trial);
  await one.over(tried);
  await idle(switchyard);
  one.behave('ok');
  t.equal(await triesAtOne(t, switchyard, 4), 2);
});

t.test('client errors, and refusals with Retry-After, do not open the circuit', async (t) => {
  const { switchyard, one, two } = await start(t, { breaker: { failures: 1 } });
  for (const each of [one, two]) each.behave('status-400');
  for (let asked = 0; asked < 4; asked++) t.match(await ask(switchyard), { status: 400 });
  t.equal(one.posts.length, 2);
  one.behave('status-503', { retryAfter: 1 });
  two.behave('ok');
  await ask(switchyard);
  await ask(switchyard);
  t.strictSame([...targetOf(switchyard, 'one').blocks(1_800_000_000_000).keys()], ['quota']);
});

t.test('when all targets are blocked, health is ignored and the trace says so', async (t) => {
  const { switchyard, one, two } = await start(t, { breaker: { failures: 1, first: '1h', longest: '1h' } });
  for (const each of [one, two]) each.behave('status-500');
  t.match(await ask(switchyard), { status: 500, headers: { 'x-switchyard-attempts': '2' } });
  one.behave('ok');
  two.behave('ok');
  t.match(await ask(switchyard), { status: 200, headers: { 'x-switchyard-attempts': '1' } });
  t.match(await switchyard.trace(), {
    ending: 'complete',
    notes: [
      { out: { 'one/m': [/^breaker: one answered 500; tried again in 3600\.0 s$/], 'two/m': [/^breaker/] } },
      { remark: 'all others are blocked: health is ignored' },
    ],
  });
  const provider = (await switchyard.trace()).attempts[0].provider as 'one' | 'two';
  t.equal(targetOf(switchyard, provider).blocks(0).size, 0, 'a good answer puts it in again');
});

t.test('a closed keep-alive connection is not a failure of its target', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one }, { breaker: { failures: 1 } });
  for (const stream of [true, false, true, false]) {
    await ask(switchyard);
    one.closeConnections();
    const { status, headers } = await ask(switchyard, { stream });
    t.match({ status, headers }, { status: 200, headers: { 'x-switchyard-attempts': '1' } });
    t.match(await switchyard.trace(), { attempts: [{ outcome: 'answered' }] });
  }
  // The same when several are found closed at once.
  for (let round = 0; round < 20; round++) {
    await Promise.all([1, 2, 3, 4].map(() => ask(switchyard)));
    one.closeConnections();
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask(switchyard)));
    t.strictSame(
      answers.map(({ status }) => status),
      [200, 200, 200, 200],
    );
  }
  t.equal(targetOf(switchyard, 'one').errorRate, 0);
  await idle(switchyard);
});

t.test('a connection that is reset before its first request is a failure of its target', async (t) => {
  const { switchyard, one } = await start(t, { breaker: { failures: 1 } });
  one.behave('rst-before-head');
  t.match(await ask(switchyard), {
    status: 200,
    headers: { 'x-upstream': 'two', 'x-switchyard-attempts': '2' },
  });
  t.match(await switchyard.trace(), { attempts: [{ reason: 'upstream_reset' }, {}] });
  const tries = one.requests.filter(post).length;
  t.equal(await triesAtOne(t, switchyard, 6), 0);
  t.equal(one.posts.length, tries);
});

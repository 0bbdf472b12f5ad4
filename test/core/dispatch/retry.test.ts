import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { gatewayInFront, post, upstream } from '../../in-front.ts';

async function start(t: Test, names: readonly ('one' | 'two')[], config: Record<string, unknown> = {}) {
  const both = { one: await upstream(t, 'one'), two: await upstream(t, 'two') };
  const used = Object.fromEntries(names.map((name) => [name, both[name]]));
  return { switchyard: await gatewayInFront(t, used, config, { random: () => 0 }), ...both };
}

t.test("a model's only target is retried after a short pause", async (t) => {
  const { switchyard, one } = await start(t, ['one'], { retry: { again: 2 } });
  one.behaveOnce('status-500');
  one.behaveOnce('empty-200');
  const { status, headers } = await switchyard.chat();
  t.match({ status, headers }, { status: 200, headers: { 'x-switchyard-attempts': '3' } });
  const { attempts, notes } = await switchyard.trace();
  const [first, second, third] = attempts;
  t.equal(one.posts.length, 3);
  t.ok(second.started - first.ended >= 120, 'half of 250 ms is the shortest');
  t.ok(third.started - second.ended >= 240, 'and twice that the second time');
  t.match(notes, [{ waited: 'before asking the same target again' }, {}]);
});

t.test('retries are bounded by the config, and useless ones are not made', async (t) => {
  const { switchyard, one } = await start(t, ['one'], {
    retry: { again: 1 },
    each: { timeouts: { firstByte: '1s' } },
  });
  one.behave('status-500');
  t.equal((await switchyard.chat()).status, 500);
  t.equal(one.posts.length, 2);
  for (const name of ['status-400', 'stall-before-head'] as const) {
    one.forget();
    one.behave(name);
    await switchyard.chat();
    t.equal(one.posts.length, 1, name);
  }
});

t.test('where there is another target, none is tried twice', async (t) => {
  const { switchyard, one, two } = await start(t, ['one', 'two'], { retry: { again: 3 } });
  one.behave('status-500');
  two.behave('status-500');
  t.equal((await switchyard.chat()).status, 500);
  t.strictSame([one.posts.length, two.posts.length], [1, 1]);
});

t.test("the gateway's retry budget bounds retries", async (t) => {
  const { switchyard, one } = await start(t, ['one'], { retry: { again: 1, budget: 0 } });
  one.behave('status-500');
  await switchyard.chat();
  t.equal(one.posts.length, 1);
});

t.test("the caller's timeout aborts the upstream's work", async (t) => {
  const { switchyard, one, two } = await start(t, ['one', 'two'], { breaker: { failures: 1_000 } });
  for (const each of [one, two]) each.behave('stall-before-head');
  for (const [stream, header] of [
    [false, 'x-stainless-timeout'],
    [true, 'x-server-timeout'],
  ] as const) {
    const since = performance.now();
    const { status, json } = await switchyard.chat({ stream }, { headers: { [header]: '1' } });
    t.equal(status, 504);
    t.match(json().error.code, stream ? /_timeout$/ : 'total_timeout');
    t.ok(performance.now() - since < 25_000, 'long before the clocks of the gateway');
  }
  t.equal([...one.posts, ...two.posts].length, 2, 'and no other target is tried when its time is over');
});

t.test("the caller's timeout does not end a stream that has begun in time", async (t) => {
  const { switchyard, one } = await start(t, ['one']);
  one.behave('slow-finish', { until: sleep(2_500) });
  const { content } = await switchyard.chat({ stream: true }, { headers: { 'x-stainless-timeout': '2' } });
  t.match(content, /👋\.$/);
  t.equal(one.requests.filter(post).length, 1);
});

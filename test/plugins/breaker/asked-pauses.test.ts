import t, { type Test } from 'tap';
import type { Upstream } from '../../upstream/upstream.ts';
import { idle, post, targetOf, until } from '../../in-front.ts';
import { ask, start, triesAtOne, type Setting } from './two-targets.ts';

/** One has asked for a pause, which is over, and behaves so now. */
async function paused(t: Test, behaviour: Parameters<Upstream['behave']>[0]): Promise<Setting> {
  const setting = await start(t);
  const { switchyard, one, pass } = setting;
  one.behave('status-429', { retryAfter: 60 });
  await triesAtOne(t, switchyard, 2);
  one.forget();
  one.behave(behaviour);
  pass(60_000);
  return setting;
}

t.test('when a requested pause is over, one request tries the target', async (t) => {
  const { switchyard, one } = await paused(t, 'stall-before-head');
  const disconnect = new AbortController();
  // Each is one's turn or two's.
  const both = [1, 2].map(() => switchyard.chat({}, { signal: disconnect.signal }).catch(String));
  const trial = await one.seen(1, post);
  t.equal(await triesAtOne(t, switchyard, 6), 0, 'the others do not wait for that');
  disconnect.abort();
  await Promise.all(both);
  await one.over(trial);
  await idle(switchyard);
  one.behave('status-429', { retryAfter: 60 });
  t.equal(await triesAtOne(t, switchyard, 6), 1, 'the next one tries when that one leaves');
});

t.test('its first content ends the trial, long before its answer ends', async (t) => {
  const { switchyard, one } = await paused(t, 'stall-after-content');
  const disconnect = new AbortController();
  const both = [1, 2].map(() =>
    switchyard.chat({ stream: true }, { signal: disconnect.signal }).catch(String),
  );
  const trial = await one.seen(1, post);
  const { blocks } = targetOf(switchyard, 'one').stats;
  await until(
    () => !blocks.has('breaker'),
    () => 'the trial is over',
  );
  one.behave('ok');
  for (let asked = 0; asked < 4; asked++) await ask(switchyard);
  t.equal(one.posts.length, 3);
  t.equal(trial.overAt, undefined);
  disconnect.abort();
  await Promise.all(both);
});

t.test('a target in a requested pause gets no request, even when all are blocked', async (t) => {
  const { switchyard, one, two } = await start(t, { breaker: { failures: 1 } });
  one.behave('status-429', { retryAfter: 60 });
  two.behave('status-500');
  await ask(switchyard);
  t.match(await ask(switchyard), {
    status: 500,
    headers: { 'x-switchyard-provider': 'two', 'x-switchyard-attempts': '1' },
  });
  t.equal(one.posts.length, 1);
});

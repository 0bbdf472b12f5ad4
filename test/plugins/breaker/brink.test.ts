import t, { type Test } from 'tap';
import type { Parsed, Switchyard } from '../../switchyard.ts';
import { bytesFrom, gatewayInFront, idle, opened, post, until, upstream } from '../../in-front.ts';

const NOW = 1_800_000_000_000;
const ask = ({ url }: Switchyard, more = {}) => bytesFrom(`${url}/v1`, 'chat', { stream: false, ...more });

/**
 * A gateway with two targets, of which `one` is blocked by three failures in a row, and has failed twice: after a
 * stream began there or not.
 */
async function onBrink(t: Test, withStream = false) {
  let now = NOW;
  const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
  const finish = Promise.withResolvers<void>();
  if (withStream) one.behaveOnce('slow-finish', { until: finish.promise });
  const switchyard = await gatewayInFront(
    t,
    { one, two },
    { breaker: { look: 0, failures: 3 } },
    { now: () => now },
  );
  const stream = withStream ? await opened(switchyard) : undefined;
  const fails = async (times: number): Promise<void> => {
    one.behave('status-500');
    for (const enough = one.posts.length + times; one.posts.length < enough;) await ask(switchyard);
    one.behave('ok');
  };
  await fails(2);
  const streamed = async (): Promise<void> => {
    finish.resolve();
    await stream?.toArray();
    await idle(switchyard);
  };
  return { switchyard, one, two, fails, streamed, pass: (ms: number) => void (now += ms) };
}

/** ms. Only the requests after a failure that was faster are paced. */
const MOMENT = 20;

/** The same, blocked by a failure that took no longer than a moment, which on a busy machine may take a few tries. */
async function blockedFast(t: Test) {
  for (;;) {
    const brink = await onBrink(t);
    await brink.fails(1);
    const { attempts } = await brink.switchyard.trace();
    const { started, ended } = attempts.find(({ provider }: Parsed) => provider === 'one');
    if (ended - started < MOMENT) return brink;
    await brink.switchyard.close();
  }
}

const outOf = async (switchyard: Switchyard): Promise<unknown> =>
  (await switchyard.trace()).candidates[0]!.out;

t.test(
  'a target that one more failure would block gets one request at a time, until content comes',
  async (t) => {
    const { switchyard, one, two } = await onBrink(t);
    const [asked, others] = [one.posts.length, two.posts.length];
    const answer = Promise.withResolvers<void>();
    one.behaveOnce('slow-first-byte', { until: answer.promise });
    const answers = Promise.all(Array.from({ length: 20 }, () => ask(switchyard, { stream: true })));
    await two.seen(others + 19, post);
    answer.resolve();
    t.equal(one.posts.length, asked + 1);
    t.ok((await answers).every(({ status, broken }) => status === 200 && !broken));
    for (let more = 0; more < 4; more++) await ask(switchyard);
    t.ok(one.posts.length > asked + 1, 'the others ask it again');
  },
);

t.test('when the client of that request disconnects, the next request goes there', async (t) => {
  const { switchyard, one } = await onBrink(t);
  const asked = one.posts.length;
  one.behaveOnce('stall-before-head');
  const disconnect = new AbortController();
  const left = [1, 2].map(() => switchyard.chat({}, { signal: disconnect.signal }).catch(() => 'left'));
  const tried = await one.seen(asked + 1, post);
  disconnect.abort();
  await Promise.all([...left, one.over(tried)]);
  await idle(switchyard);
  for (let more = 0; more < 4; more++) await ask(switchyard);
  t.ok(one.posts.length > asked + 1);
});

t.test('the end of a stream that began before the failures does not reset them', async (t) => {
  const { switchyard, fails, streamed } = await onBrink(t, true);
  await streamed();
  await fails(1);
  await ask(switchyard);
  t.match(await outOf(switchyard), [/^breaker/]);
});

t.test('except one that goes on for a while after them', async (t) => {
  const { switchyard, fails, streamed, pass } = await onBrink(t, true);
  pass(5_000);
  await streamed();
  await fails(1);
  await ask(switchyard);
  t.equal(await outOf(switchyard), undefined);
});

t.test(
  'after its trial the next request goes there once the trial has outlived the last failure',
  async (t) => {
    const { switchyard, one, two, pass } = await blockedFast(t);
    pass(2_000);
    for (let more = 0; more < 2; more++) await ask(switchyard);
    const [asked, others] = [one.posts.length, two.posts.length];
    const answer = Promise.withResolvers<void>();
    one.behave('slow-first-byte', { until: answer.promise });
    const burst = Array.from({ length: 10 }, () => ask(switchyard));
    await two.seen(others + 9, post);
    t.equal(one.posts.length, asked + 1);
    pass(40);
    const more = Array.from({ length: 2 }, () => ask(switchyard));
    await one.seen(asked + 2, post);
    t.equal(one.posts[asked]!.overAt, undefined, 'the first is still under way');
    answer.resolve();
    t.ok((await Promise.all([...burst, ...more])).every(({ status }) => status === 200));
  },
);

t.test('a pause requested meanwhile holds for the trial, too', async (t) => {
  const { switchyard, one, pass } = await onBrink(t);
  const asked = one.posts.length;
  const answer = Promise.withResolvers<void>();
  one.behaveOnce('slow-first-byte', { until: answer.promise });
  const trying = Promise.all([ask(switchyard), ask(switchyard)]);
  await one.seen(asked + 1, post);
  one.behaveOnce('status', { code: 429, retryAfter: 10 });
  const pinned = await switchyard.ask('/v1/chat/completions?provider=one', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: { model: 'm', messages: [] },
  });
  t.equal(pinned.status, 429);
  answer.resolve();
  await trying;
  pass(11_000);
  for (let more = 0; more < 4; more++) await ask(switchyard);
  t.equal(one.posts.length, asked + 4, 'it has its turns again');
});

for (const [failures, what] of [
  [2, 'on the brink'],
  [3, 'after its pause'],
] as const)
  t.test(
    `without another target a request waits for one under trial ${what}, and is not refused`,
    async (t) => {
      let now = NOW;
      const one = await upstream(t, 'one');
      const options = { breaker: { look: 0, failures: 3 }, each: { concurrency: 1 } };
      const switchyard = await gatewayInFront(t, { one }, options, { now: () => now });
      one.behave('status-500');
      for (let failed = 0; failed < failures; failed++) t.equal((await ask(switchyard)).status, 500);
      now += 2_000;
      const answer = Promise.withResolvers<void>();
      one.behave('slow-first-byte', { until: answer.promise });
      const trial = ask(switchyard);
      await one.seen(failures + 1, post);
      const { waits } = (await (await fetch(`${switchyard.url}/route?model=m`)).json()) as { waits?: string };
      t.equal(waits, 'a free slot at one');
      const answers = Promise.all([trial, ...Array.from({ length: 3 }, () => ask(switchyard))]);
      await until(
        () => switchyard.gateway.upstreams.get('one')?.concurrency?.waiting === 3,
        () => 'three wait',
      );
      answer.resolve();
      t.strictSame(
        (await answers).map(({ status }) => status),
        [200, 200, 200, 200],
      );
    },
  );

import t, { type Test } from 'tap';
import type { Switchyard, Parsed } from '../../switchyard.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { bytesFrom, gatewayInFront, idle, opened, ownProvider, post, upstream } from '../../in-front.ts';

const HEDGE = { enabled: true, share: 1, minimum: 5 };
/** ms that a late one takes, far above what a good one does here */
const LATE = 3_000;

interface Two {
  readonly switchyard: Switchyard;
  readonly one: Upstream;
  readonly two: Upstream;
}

/** `one` is always asked first, and enough is known of it to say what is late. */
async function warmTwo(t: Test, config: Parsed = {}, stream = true): Promise<Two> {
  const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
  const targets = [{ provider: 'one' }, { provider: 'two', priority: 1 }];
  const route = { strategy: { use: 'priority' }, targets };
  const switchyard = await gatewayInFront(t, { one, two }, { route, hedge: HEDGE, ...config });
  for (let nth = 0; nth < 8; nth++) await ask(switchyard, { stream });
  for (const each of [one, two]) each.forget();
  return { switchyard, one, two };
}

const ask = ({ url }: Switchyard, more = {}) => bytesFrom(`${url}/v1`, 'chat', more);

for (const stream of [true, false]) {
  const what = stream ? 'a stream' : 'JSON';
  t.test(
    `${what}: a late target is hedged by another that answers; the late attempt is aborted`,
    async (t) => {
      const { switchyard, one, two } = await warmTwo(t, {}, stream);
      one.behaveOnce('slow-first-byte', { delay: LATE });
      const before = performance.now();
      const answer = await ask(switchyard, { stream });
      t.ok(performance.now() - before < LATE, 'the client did not wait for the late one');
      t.equal(answer.headers['x-switchyard-provider'], 'two');
      t.equal(answer.headers['x-switchyard-attempts'], '2');
      t.equal(await one.left(await one.seen(1, post)), 'before-head', 'its request is aborted');
      const trace = await switchyard.trace(answer.headers['x-switchyard-request-id'] as string);
      t.match(trace.attempts, [
        { provider: 'one', outcome: 'left', hedged: 'lost' },
        { provider: 'two', outcome: 'answered', hedged: 'won' },
      ]);
      t.match(JSON.stringify(trace.notes), /one\/m had given nothing after \d+ ms: two\/m is asked, too/);
      t.ok(trace.overhead < trace.ms / 2, 'what both took at once is not the time of the gateway');
      t.equal(two.posts.length, 1);
      await idle(switchyard);
    },
  );
}

t.test('the first attempt may still win: then the second one is aborted', async (t) => {
  const { switchyard, one, two } = await warmTwo(t);
  one.behaveOnce('slow-content', { delay: 400 });
  two.behaveOnce('slow-first-byte', { delay: LATE });
  const answer = await ask(switchyard);
  t.equal(answer.headers['x-switchyard-provider'], 'one');
  t.equal(await two.left(await two.seen(1, post)), 'before-head');
  await idle(switchyard);
});

t.test('one attempt fails and the other answers, whichever it is', async (t) => {
  const { switchyard, one, two } = await warmTwo(t);
  one.behaveOnce('slow-first-byte', { delay: 400 });
  two.behaveOnce('status', { code: 503 });
  t.equal((await ask(switchyard)).headers['x-switchyard-provider'], 'one');
  one.behaveOnce('rst-before-content');
  t.equal((await ask(switchyard)).headers['x-switchyard-provider'], 'two', 'as without hedging');
});

t.test('both attempts fail: the client gets one error, the last one', async (t) => {
  const { switchyard, one, two } = await warmTwo(t);
  one.behave('slow-first-byte', { delay: 400 });
  two.behave('status', { code: 503, body: { error: { message: 'two is full' } } });
  one.behaveOnce('slow-content', { delay: 400 });
  t.equal((await ask(switchyard)).status, 200, 'the first may fail later than the second, or not at all');
  one.behaveOnce('status', { code: 500, body: { error: { message: 'one is broken' } } });
  const answer = await ask(switchyard);
  t.ok(answer.status >= 500);
  t.match(answer.body.toString(), /two is full|one is broken/);
});

t.test('a client disconnect during a hedge aborts both attempts', async (t) => {
  const { switchyard, one, two } = await warmTwo(t);
  for (const each of [one, two]) each.behave('slow-first-byte', { delay: LATE });
  const disconnect = new AbortController();
  const answer = opened(switchyard, {}, disconnect.signal).catch(() => undefined);
  await two.seen(1, post);
  disconnect.abort();
  await answer;
  for (const each of [one, two])
    t.equal(await each.left(await each.seen(1, post)), 'before-head', 'told within its patience');
  await idle(switchyard);
});

t.test('hedged attempts are bounded as a share of requests', async (t) => {
  const { switchyard, one, two } = await warmTwo(t, { hedge: { ...HEDGE, share: 0.25 } });
  one.behave('slow-content', { delay: 300 });
  await Promise.all(Array.from({ length: 12 }, () => ask(switchyard)));
  t.ok(two.posts.length > 0, 'some are asked twice');
  // Twenty in all, the eight of the warming up among them.
  t.ok(two.posts.length <= 5, `${two.posts.length} of 20`);
});

t.test('no hedge without the option, nor for a target that would go on working', async (t) => {
  const off = await warmTwo(t, { hedge: { enabled: false } });
  off.one.behaveOnce('slow-first-byte', { delay: 400 });
  t.equal((await ask(off.switchyard)).headers['x-switchyard-provider'], 'one');
  t.equal(off.two.posts.length, 0);

  const use = ownProvider(t, { onLeave: 'drain' });
  const drains = await warmTwo(t, { only: { two: { use } } });
  drains.one.behaveOnce('slow-first-byte', { delay: 400 });
  t.equal((await ask(drains.switchyard)).headers['x-switchyard-provider'], 'one');
  t.equal(drains.two.posts.length, 0);
});

import t, { type Test } from 'tap';
import { frozen, openFleet, until } from '../../fleet.ts';
import { upstream } from '../../in-front.ts';
import { noRedis } from '../../redis.ts';
import { startSwitchyard, type Switchyard } from '../../switchyard.ts';
import type { Injected } from '../../../gateway.ts';
import type { Received } from '../../upstream/received.ts';

const options = { skip: noRedis, timeout: 300_000 };
const isPost = ({ method }: Received): boolean => method === 'POST';
const KEYS = ['key-number-one', 'key-number-two'] as const;

interface Parts {
  readonly cache?: Record<string, unknown>;
  readonly text?: readonly string[];
  readonly injected?: readonly Injected[];
}

/** Two gateways that keep answers in one Redis. */
async function fleet(t: Test, { cache = {}, text = ['A', 'B'], injected = [] }: Parts = {}) {
  const lab = await upstream(t, 'lab', { interval: 0, text });
  const config = {
    server: { apiKeys: KEYS },
    cache: { enabled: true, store: 'redis', ...cache },
    providers: { lab: { use: 'openai-compatible', baseUrl: lab.url, apiKey: 'k', models: { m: 'm' } } },
  };
  const { redis, gateways } = await openFleet(t, config, { injected });
  const [one, two] = gateways;
  const ask = (gateway: Switchyard, body = {}, key: string = KEYS[0]) =>
    gateway.chat(body, { headers: { authorization: `Bearer ${key}` } });
  const standing = async (gateway: Switchyard, method: 'GET' | 'DELETE' = 'GET') =>
    (await gateway.ask('/cache', { method, headers: { authorization: `Bearer ${KEYS[0]}` } })).json();
  for (const gateway of gateways) await until(async () => (await standing(gateway)).problem === null);
  /** It is kept after the caller has its answer. */
  const isKept = (entries: number) => until(async () => (await standing(one)).entries === entries);
  return { redis, one, two, ask, standing, isKept, posts: () => lab.requests.filter(isPost).length };
}

const cacheOf = ({ headers }: { readonly headers: Record<string, string> }) => headers['x-switchyard-cache'];

t.test('what one gateway has kept the other sends, to the same key', options, async (t) => {
  const hourMs = 3_600_000;
  const { one, two, ask, standing, isKept, posts } = await fleet(t, {
    injected: [{}, { date: () => Date.now() - hourMs }],
  });
  let kept = 0;
  for (const stream of [false, true]) {
    const first = await ask(one, { stream });
    t.equal(cacheOf(first), 'miss');
    await isKept(++kept);
    const second = await ask(two, { stream });
    t.equal(cacheOf(second), 'hit');
    t.equal(second.text, first.text);
    t.equal(second.headers['content-type'], first.headers['content-type']);
    t.ok(Number(second.headers['age']) < 600, 'whatever its clock says');
    t.equal(cacheOf(await ask(two, { stream }, KEYS[1])), 'miss', 'another key has answers of its own');
    await isKept(++kept);
  }
  t.equal(posts(), 4);
  t.match(await standing(two), {
    enabled: true,
    store: 'redis',
    entries: 4,
    hits: 2,
    misses: 2,
    problem: null,
  });
  t.match(await standing(two, 'DELETE'), { removed: 4 });
  t.equal(cacheOf(await ask(one)), 'miss');
});

t.test('a large answer is sent again whole', options, async (t) => {
  const text = Array.from({ length: 5 }, () => 'x'.repeat(900_000));
  const { one, two, ask, isKept, posts } = await fleet(t, { cache: { largest: '8MiB' }, text });
  const first = await ask(one);
  await isKept(1);
  const second = await ask(two);
  t.equal(cacheOf(second), 'hit');
  t.ok(second.text === first.text && first.text.length > 4_000_000);
  t.equal(posts(), 1);
});

t.test('without Redis requests are answered as if nothing were kept', options, async (t) => {
  const { redis, one, two, ask, standing, isKept } = await fleet(t);
  await ask(one);
  await isKept(1);
  await frozen(redis, async () => {
    for (const gateway of [two, one, two]) {
      const answer = await ask(gateway);
      t.equal(answer.status, 200);
      t.equal(cacheOf(answer), 'miss');
    }
    t.match(await standing(two), { problem: /^Redis cannot be asked/ });
    t.match(two.log.join('\n'), /requests go on without kept answers/);
  });
  await until(async () => cacheOf(await ask(two)) === 'hit');
  t.match(two.log.join('\n'), /answers are kept, and sent again/);
});

t.test('it needs the Redis of `shared`', async (t) => {
  const config = { cache: { enabled: true, store: 'redis' } };
  await t.rejects(startSwitchyard(t, config), { message: /cache\.store: 'redis' is the Redis of shared/ });
  await startSwitchyard(t, { cache: { ...config.cache, enabled: false } });
});

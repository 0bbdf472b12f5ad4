import t from 'tap';
import { targetOf, upstream } from '../../in-front.ts';
import { noRedis, redisServer } from '../../redis.ts';
import { openFleet, until } from '../../fleet.ts';
import type { Switchyard } from '../../switchyard.ts';

const skip = noRedis;

const configOf = (url: string, keys: object = { apiKey: 'k' }) => ({
  providers: { lab: { use: 'openai-compatible', baseUrl: url, ...keys, models: { m: 'm', n: 'n' } } },
  breaker: { failures: 1000, minimum: 1000 },
  retry: { again: 0, attempts: 1, wait: 0 },
});

const quotaOf = (gateway: Switchyard) => targetOf(gateway, 'lab').stats.blocks.get('quota');

t.test('a pause that a target asked one gateway for is kept by all', { skip }, async (t) => {
  const lab = await upstream(t, 'lab');
  const { gateways, redis } = await openFleet(t, configOf(lab.url), {
    injected: [{}, { date: () => Date.now() - 3_600_000 }],
  });
  const [one, two] = gateways;
  for (const gateway of gateways) await gateway.chat();
  lab.behave('status-429', { retryAfter: 60 });
  await one.chat();
  await until(() => quotaOf(two) !== undefined);
  const left = (gateway: Switchyard): number => (quotaOf(gateway)?.untilMs ?? 0) - performance.now();
  t.ok(left(two) <= 60_000 && left(two) > 50_000);
  t.equal(quotaOf(two)?.guess, false);
  lab.forget();
  t.match(await two.chat(), { status: 429 });
  t.equal(lab.posts.length, 0, 'it is not asked');
  const version = await redis.ask('GET', 'switchyard:facts:version');
  await two.chat();
  t.equal(await redis.ask('GET', 'switchyard:facts:version'), version, 'what was heard is not told on');
  t.equal((await two.ask('/targets/lab/m/reset', { method: 'POST' })).status, 200);
  await until(() => quotaOf(one) === undefined);
  t.notOk(quotaOf(two));
});

t.test(
  'a key that is refused at one gateway is left out by all, and is told by no value',
  { skip },
  async (t) => {
    const lab = await upstream(t, 'lab');
    const { gateways, redis } = await openFleet(
      t,
      configOf(lab.url, { apiKeys: ['first-key-of-lab', 'second-key-of-lab'] }),
    );
    const [one, two] = gateways;
    lab.behaveOnce('status-429', { retryAfter: 60 });
    await one.chat();
    const refused = lab.posts[0]?.headers['authorization'];
    await until(() => targetOf(two, 'lab').provider.keys?.out.length === 1);
    lab.forget();
    for (let nth = 0; nth < 4; nth++) t.equal((await two.chat()).status, 200);
    for (const { headers } of lab.posts) t.not(headers['authorization'], refused);
    t.notMatch(await redis.ask('HGETALL', 'switchyard:facts'), /-key-of-lab/);
  },
);

t.test(
  'gateways in another database of the same Redis are another fleet: they hear nothing of this one',
  { skip },
  async (t) => {
    const [lab, redis] = await Promise.all([upstream(t, 'lab'), redisServer(t)]);
    const inDatabase = async (database: number) => {
      const { gateways } = await openFleet(t, configOf(lab.url), {
        redis: { ...redis, url: `${redis.url}/${database}` },
      });
      for (const gateway of gateways) await gateway.chat();
      return gateways;
    };
    const [[one], [other, hearing]] = [await inDatabase(0), await inDatabase(1)];
    const isPaused = (gateway: Switchyard, model: string): boolean =>
      [...gateway.gateway.upstreams.named('lab').targets].some(
        ({ id, stats }) => id.endsWith(model) && stats.blocks.get('quota') !== undefined,
      );
    lab.behaveOnce('status-429', { retryAfter: 60 });
    await one.chat({ model: 'm' });
    lab.behaveOnce('status-429', { retryAfter: 60 });
    await other.chat({ model: 'n' });
    await until(() => isPaused(hearing, 'n'));
    t.notOk(isPaused(hearing, 'm'), 'what was told before in the other database was not heard');
  },
);

import t, { type Test } from 'tap';
import { met, openFleet, until } from '../../../../fleet.ts';
import { targetOf, upstream } from '../../../../in-front.ts';
import { noRedis } from '../../../../redis.ts';
import type { Switchyard } from '../../../../switchyard.ts';

const skip = noRedis;
const MOST = 100;

async function fleet(t: Test) {
  const lab = await upstream(t, 'lab', { interval: 0 });
  const { redis, gateways } = await openFleet(t, {
    providers: {
      lab: { use: 'openai-compatible', baseUrl: lab.url, apiKey: 'k', models: { m: 'm', n: 'n' } },
    },
    breaker: { failures: 1000, minimum: 1000 },
    retry: { again: 0, attempts: 1, wait: 0 },
    auth: { limits: { all: { requests: { total: MOST } } } },
  });
  await met(gateways);
  return { lab, redis, gateways };
}

const usedAt = async (gateway: Switchyard): Promise<number> =>
  (await gateway.ask('/limits')).json().data[0].used[0]?.used;

t.test(
  'a Redis that is emptied while gateways use it lets no more pass than the limit',
  { skip, timeout: 300_000 },
  async (t) => {
    const { lab, redis, gateways } = await fleet(t);
    const [one, two] = gateways;
    for (let nth = 0; nth < 40; nth++)
      for (const gateway of gateways) t.equal((await gateway.chat()).status, 200);
    for (const gateway of gateways) await until(async () => (await usedAt(gateway)) === 80);
    await redis.ask('FLUSHALL');
    await Promise.all(Array.from({ length: MOST }, () => one.chat()));
    t.ok(lab.posts.length <= MOST, `${lab.posts.length} of ${MOST}`);
    t.match(one.log.join('\n'), /it has lost its data/);
    for (const gateway of gateways)
      await until(async () => (await gateway.ask('/health')).json().limits_problem === null);
    await until(async () => {
      for (const gateway of gateways) await gateway.chat();
      return lab.posts.length >= MOST;
    });
    for (const gateway of [one, two]) t.equal((await gateway.chat()).status, 429);
    t.equal(lab.posts.length, MOST);
  },
);

t.test(
  'a Redis whose clock was set back by an hour forgets gateways that are gone, and limits are exact again',
  { skip, timeout: 120_000 },
  async (t) => {
    const { redis, gateways } = await fleet(t);
    const [one] = gateways;
    const inAnHour = String(Date.now() + 3_600_000);
    // What Redis then has of the time before.
    await redis.ask('ZADD', 'switchyard:nodes', inAnHour, 'a-gateway-that-was-killed');
    await redis.ask('SET', 'switchyard:born', inAnHour);
    const isKnown = async (): Promise<boolean> =>
      (await redis.ask('ZSCORE', 'switchyard:nodes', 'a-gateway-that-was-killed')) !== '$-1\r\n';
    await until(async () => !(await isKnown()));
    for (const gateway of gateways)
      await until(async () => (await gateway.ask('/health')).json().limits_problem === null);
    t.equal((await one.chat()).status, 200);
  },
);

t.test(
  'what a gateway has told of a target is known again to a Redis that was emptied',
  { skip, timeout: 300_000 },
  async (t) => {
    const { lab, redis, gateways } = await fleet(t);
    const [one, two] = gateways;
    lab.behaveOnce('status-429', { retryAfter: 600 });
    await one.chat();
    const isPaused = (gateway: Switchyard): boolean =>
      targetOf(gateway, 'lab').stats.blocks.get('quota') !== undefined;
    await until(() => isPaused(two));
    await redis.ask('FLUSHALL');
    await until(async () => (await redis.ask('HLEN', 'switchyard:facts')) === ':1\r\n');
    await until(() => isPaused(two));
    t.equal((await two.chat()).status, 429);
    t.equal(lab.posts.length, 1, 'it is not asked');
  },
);

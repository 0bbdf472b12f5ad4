import t, { type Test } from 'tap';
import { Parts } from '../../../../../kits/shared-kit/parts.ts';
import { Redis } from '../../../../../kits/shared-kit/redis.ts';
import { RedisCounters } from '../../../../../plugins/auth/limits/shared/redis-counters.ts';
import { until } from '../../../../fleet.ts';
import { noRedis, redisServer } from '../../../../redis.ts';

const skip = noRedis;

/** Parts of a Redis of the test's own, and a counter in them. */
async function counted(t: Test, most: number) {
  const { url } = await redisServer(t);
  const now = () => performance.now();
  const log = { warn: () => undefined, info: () => undefined };
  const redis = await Redis.open({ url, prefix: 'test:', now, date: Date.now, log });
  const parts = new Parts(redis, now);
  t.teardown(async () => {
    await parts.close();
    await redis.close();
  });
  await until(async () => redis.isExact);
  const counters = new RedisCounters(parts);
  const bounds = [{ counted: 'concurrency', most, counter: counters.counter('c', undefined) } as const];
  const one = { requests: 1, tokens: 0, dollars: 0, concurrency: 1 };
  return {
    take: () => counters.reserve(bounds, one),
    giveBack: () => counters.settle(bounds, one, { ...one, concurrency: 0 }, Date.now(), Date.now()),
  };
}

t.test(
  'one that waits for Redis is not refused because another one took what was there for it',
  { skip, timeout: 300_000 },
  async (t) => {
    const { take, giveBack } = await counted(t, 3);
    t.equal(await take(), undefined);
    const waits = take();
    giveBack();
    // Redis is asked at the end of this turn, and told that one is free here.
    await new Promise((resolve) => setImmediate(resolve));
    t.equal(take(), undefined, 'the next one takes it at once');
    t.equal(await waits, undefined, 'two more are left');
    t.equal(await take(), undefined);
    t.ok(await take(), 'and no more than there may be');
  },
);

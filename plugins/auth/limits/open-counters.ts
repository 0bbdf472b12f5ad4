import type { FastifyBaseLogger } from 'fastify';
import { GatewayError } from '../../../core/errors.ts';
import { Redis } from '../../../kits/shared-kit/redis.ts';
import type { AuthOptions } from '../options.ts';
import { MemoryCounters, type CounterStore } from './counter-store.ts';
import type { GroupBound } from './limit-in-force.ts';
import { RedisCounters } from './shared/redis-counters.ts';

interface Host {
  readonly date: () => number;
  readonly log: FastifyBaseLogger;
}

/** Counters where the config says: of this gateway alone, or of all that share a Redis. */
export async function openCounters(
  { use, url }: AuthOptions['shared'],
  { date, log }: Host,
): Promise<CounterStore<GroupBound>> {
  if (use === 'memory') return new MemoryCounters(date);
  if (url === undefined)
    throw new GatewayError(
      'config_invalid',
      "auth.shared.url: missing; auth.shared.use is 'redis', so name it, such as redis://127.0.0.1:6379",
    );
  const redis = await Redis.open({ url, date, log });
  return new RedisCounters(redis, date);
}

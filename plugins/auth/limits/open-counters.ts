import type { Redis } from '../../../kits/shared-kit/index.ts';
import { MemoryCounters, type CounterStore } from './counter-store.ts';
import type { GroupBound } from './limit-in-force.ts';
import { RedisCounters } from './shared/redis-counters.ts';

/** Counters of this gateway alone, or of all that share a Redis. */
export const openCounters = (redis: Redis | undefined, date: () => number): CounterStore<GroupBound> =>
  redis ? new RedisCounters(redis, date) : new MemoryCounters(date);

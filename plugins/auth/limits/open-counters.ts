import type { Parts } from '../../../kits/shared-kit/index.ts';
import { MemoryCounters, type CounterStore } from './counter-store.ts';
import type { GroupBound } from './limit-in-force.ts';
import { RedisCounters } from './shared/redis-counters.ts';

/** Counters of this gateway alone, or of all that share a Redis. */
export const openCounters = (parts: Parts | undefined, date: () => number): CounterStore<GroupBound> =>
  parts ? new RedisCounters(parts) : new MemoryCounters(date);

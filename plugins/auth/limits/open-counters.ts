import type { Parts } from '../../../kits/shared-kit/index.ts';
import { MemoryCounters, type CounterStore } from './counter-store.ts';
import type { GroupBound } from './limit-in-force.ts';

/** Counters of this gateway alone, or of all that share a Redis. */
export async function openCounters(
  parts: Parts | undefined,
  date: () => number,
): Promise<CounterStore<GroupBound>> {
  if (!parts) return new MemoryCounters(date);
  const { RedisCounters } = await import('./shared/redis-counters.ts');
  return new RedisCounters(parts);
}

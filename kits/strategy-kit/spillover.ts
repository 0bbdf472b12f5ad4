import type { Target } from '../../core/contracts/index.ts';

/** The option for the number of requests at which a target without a `concurrency` counts as full. */
export const busyOption = {
  type: 'number',
  exclusiveMinimum: 0,
  description:
    'A target with this many requests in flight per unit of weight counts as full, and the next best is asked. Without it, only a target at its `concurrency` is full.',
} as const;

/** The candidates that are not too busy; all, where each is. */
export function withoutBusy(candidates: readonly Target[], most: number | undefined): readonly Target[] {
  if (most === undefined) return candidates;
  const free = candidates.filter(({ inflight, weight }) => inflight < most * weight);
  return free.length > 0 ? free : candidates;
}

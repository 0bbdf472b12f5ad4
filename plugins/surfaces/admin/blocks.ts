import type { Target } from '../../../core/contracts.ts';

/** Why a target is out, by reason: until when, null where that is not known, and what happened. */
export function blocksOf(
  target: Target,
  now: number,
): Record<string, { readonly until: string | null; readonly detail: string }> {
  return Object.fromEntries(
    [...target.blocks(now)].map(([reason, { until, detail }]) => [
      reason,
      { until: Number.isFinite(until) ? new Date(until).toISOString() : null, detail },
    ]),
  );
}

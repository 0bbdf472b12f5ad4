import type { Target } from '../../../core/contracts/index.ts';
import { type Clocks, dated } from '../../../kits/feature-kit/index.ts';

/** A target's blocks by reason: until when, null where that is not known, and what happened. */
export function blocksOf(
  target: Target,
  clocks: Clocks,
): Record<string, { readonly until: string | null; readonly detail: string }> {
  return Object.fromEntries(
    [...target.blocks(clocks.now())].map(([reason, { untilMs, detail }]) => [
      reason,
      { until: Number.isFinite(untilMs) ? new Date(dated(untilMs, clocks)).toISOString() : null, detail },
    ]),
  );
}

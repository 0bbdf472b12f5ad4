import type { Attempt, Trace } from '../../core/contracts/index.ts';

/** Where the time of a request went, in µs. */
export interface Spent {
  /** spent in upstreams */
  readonly upstreamUs: number;
  /** spent waiting: for a free place, for a local process, or for an upstream's `Retry-After` */
  readonly waitedUs: number;
  /** the rest: the gateway's own time */
  readonly overheadUs: number;
}

interface Timed extends Pick<Trace, 'notes' | 'endedUs'> {
  readonly attempts: readonly Pick<Attempt, 'startedUs' | 'endedUs' | 'hedged'>[];
}

/** Where the time of an ended request went. It runs for every request, so it allocates nothing but its result. */
export function timeBreakdown({ attempts, notes, endedUs = 0 }: Timed): Spent {
  let upstreamUs = 0;
  let waitedUs = 0;
  let firstUs = Infinity;
  let lastUs = 0;
  for (const { startedUs, endedUs: over = endedUs, hedged } of attempts) {
    if (!hedged) upstreamUs += over - startedUs;
    else [firstUs, lastUs] = [Math.min(firstUs, startedUs), Math.max(lastUs, over)];
  }
  // Hedged attempts overlap: together they take the time of one.
  if (lastUs > firstUs) upstreamUs += lastUs - firstUs;
  if (notes.length > 0) for (const { tookUs = 0 } of notes) waitedUs += tookUs;
  return { upstreamUs, waitedUs, overheadUs: Math.max(0, endedUs - upstreamUs - waitedUs) };
}

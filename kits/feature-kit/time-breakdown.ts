import type { Attempt, Trace } from '../../core/contracts/index.ts';

/** Where the time of a request went, in µs. */
export interface Spent {
  /** spent in upstreams */
  readonly upstream: number;
  /** spent waiting: for a free place, for a local process, or for an upstream's `Retry-After` */
  readonly waited: number;
  /** the rest: the gateway's own time */
  readonly overhead: number;
}

interface Timed extends Pick<Trace, 'notes' | 'ended'> {
  readonly attempts: readonly Pick<Attempt, 'started' | 'ended' | 'hedged'>[];
}

/** Where the time of an ended request went. It runs for every request, so it allocates nothing but its result. */
export function timeBreakdown({ attempts, notes, ended = 0 }: Timed): Spent {
  let upstream = 0;
  let waited = 0;
  let first = Infinity;
  let last = 0;
  for (const { started, ended: over = ended, hedged } of attempts) {
    if (!hedged) upstream += over - started;
    else [first, last] = [Math.min(first, started), Math.max(last, over)];
  }
  // Hedged attempts overlap: together they take the time of one.
  if (last > first) upstream += last - first;
  if (notes.length > 0) for (const { took = 0 } of notes) waited += took;
  return { upstream, waited, overhead: Math.max(0, ended - upstream - waited) };
}

import type { Attempt, Trace } from '../../core/contracts/index.ts';

/** What a request's time went to, in µs. */
export interface Spent {
  /** upstreams had it */
  readonly upstream: number;
  /** it waited for room, for a local process, or as long as an upstream asked it to */
  readonly waited: number;
  /** the rest, which is the gateway's own */
  readonly overhead: number;
}

interface Timed extends Pick<Trace, 'notes' | 'ended'> {
  readonly attempts: readonly Pick<Attempt, 'started' | 'ended' | 'hedged'>[];
}

/** Where the time of an ended request went. Nothing is allocated but the answer: it is worked out for every request. */
export function timeBreakdown({ attempts, notes, ended = 0 }: Timed): Spent {
  let upstream = 0;
  let waited = 0;
  let first = Infinity;
  let last = 0;
  for (const { started, ended: over = ended, hedged } of attempts) {
    if (!hedged) upstream += over - started;
    else [first, last] = [Math.min(first, started), Math.max(last, over)];
  }
  // Two at a time take the time of one.
  if (last > first) upstream += last - first;
  if (notes.length > 0) for (const { took = 0 } of notes) waited += took;
  return { upstream, waited, overhead: Math.max(0, ended - upstream - waited) };
}

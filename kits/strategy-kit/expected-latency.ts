import type { LatencyEwma, Target } from '../../core/contracts/index.ts';
import { DECAY } from '../../core/upstreams/latency-ewma.ts';

/** ms that are expected of somebody who has never answered: little is asked of him until he has. */
const UNKNOWN = 10_000;
/** ms after which who goes by the last answer alone has forgotten two thirds of it */
const SOON = 1_500;
/** One that always fails counts as so many times slower, and one more. */
const FAILING = 10;

/**
 * ms until a target's first content, or its whole answer where no stream is asked for, were it asked now: its pace,
 * times what its failures cost. A quick "no" never makes it look fast.
 */
export function expectedLatency(target: Target, stream: boolean, now: number): number {
  const ms = paceOf(target, stream).value || UNKNOWN;
  return ms * (1 + FAILING * target.stats.errorRate) * decayedLatency(target, stream, now);
}

/** The same by its last answer, where that was quicker, and soon forgotten: who is quick again shows it at once. */
export function latest(target: Target, stream: boolean, now: number): number {
  const { value, last } = paceOf(target, stream);
  const ms = Math.min(value, last) || UNKNOWN;
  return ms * (1 + FAILING * target.stats.errorRate) * decayedLatency(target, stream, now, SOON);
}

/**
 * How far what is known of a target still holds, 1 to 0. Of one that is not asked it fades, so that it is asked again,
 * by one request: while that is under way, all of it holds. One that nobody knows is tried so too.
 */
export function decayedLatency({ stats }: Target, stream: boolean, now: number, fade = DECAY): number {
  if (stats.inflight > 0) return 1;
  const { at } = stream ? stats.content : stats.whole;
  return Math.exp(Math.min(0, at - now) / fade);
}

/** What is known of streams where none is asked for, and the other way round, is better than nothing. */
function paceOf({ stats: { content, whole } }: Target, stream: boolean): LatencyEwma {
  const [own, other] = stream ? [content, whole] : [whole, content];
  return own.value > 0 ? own : other;
}

/**
 * Answers that a target is busy with, its failures counted as such: who says "no" at once looks idle and is not. Whole
 * numbers, so that what has nearly faded keeps nobody out.
 */
export function load(target: Target, stream: boolean, now: number): number {
  const { inflight, errorRate } = target;
  return errorRate === 0
    ? inflight
    : inflight + Math.floor(FAILING * errorRate * decayedLatency(target, stream, now));
}

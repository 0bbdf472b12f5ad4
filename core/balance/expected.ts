import type { Target } from '../target.ts';
import { DECAY } from './pace.ts';

/** ms that are expected of somebody who has never answered: little is asked of him until he has. */
const UNKNOWN = 10_000;
/** One that always fails counts as so many times slower, and one more. */
const FAILING = 10;

/**
 * ms until a target's first content, or its whole answer where no stream is asked for, were it asked now: its pace,
 * times what its failures cost. A quick "no" never makes it look fast.
 */
export function expected(target: Target, stream: boolean, now: number): number {
  const { content, whole, errorRate } = target.live;
  const ms = (stream ? content.value || whole.value : whole.value || content.value) || UNKNOWN;
  return ms * (1 + FAILING * errorRate) * believed(target, stream, now);
}

/**
 * How far what is known of a target still holds, 1 to 0. Of one that is not asked it fades, so that it is asked again,
 * by one request: while that is under way, all of it holds. One that nobody knows is tried so too.
 */
export function believed({ live }: Target, stream: boolean, now: number): number {
  if (live.inflight > 0) return 1;
  const { at } = stream ? live.content : live.whole;
  return Math.exp(Math.min(0, at - now) / DECAY);
}

/**
 * Answers that a target is busy with, its failures counted as such: who says "no" at once looks idle and is not. Whole
 * numbers, so that what has nearly faded keeps nobody out.
 */
export function load(target: Target, stream: boolean, now: number): number {
  const { inflight, errorRate } = target.live;
  return errorRate === 0
    ? inflight
    : inflight + Math.floor(FAILING * errorRate * believed(target, stream, now));
}

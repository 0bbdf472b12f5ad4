import type { LatencyEwma, Target } from '../../core/contracts/index.ts';
import { DECAY } from '../../core/upstreams/latency-ewma.ts';

/** ms that are expected of a target without an answer yet: it gets few requests until it has answered. */
const UNKNOWN = 10_000;
/** ms after which two thirds of the last answer are forgotten, for `latest` */
const SOON = 1_500;
/** A target that always fails counts as (1 + this) times slower. */
const FAILING = 10;

/**
 * Expected ms to a target's first content, or to the end of an answer that is not streamed: its average latency, multiplied by
 * what its failures cost. A fast refusal never makes it look fast.
 */
export function expectedLatency(target: Target, stream: boolean, now: number): number {
  const ms = paceOf(target, stream).valueMs || UNKNOWN;
  return ms * (1 + FAILING * target.stats.errorRate) * decayedLatency(target, stream, now);
}

/** The same by the last answer, where that was faster; soon forgotten. A recovered target shows at once. */
export function latest(target: Target, stream: boolean, now: number): number {
  const { valueMs, lastMs } = paceOf(target, stream);
  const ms = Math.min(valueMs, lastMs) || UNKNOWN;
  return ms * (1 + FAILING * target.stats.errorRate) * decayedLatency(target, stream, now, SOON);
}

/**
 * How much the latency of a target still counts, 1 to 0. It fades while the target is idle, so that one request tries it
 * again; while that is in flight, the latency counts in full. An unknown target is tried the same way.
 */
export function decayedLatency({ stats }: Target, stream: boolean, now: number, fade = DECAY): number {
  if (stats.inflight > 0) return 1;
  const { atMs } = stream ? stats.content : stats.whole;
  return Math.exp(Math.min(0, atMs - now) / fade);
}

/** Without a latency of streams that of whole answers is used, and the other way round. */
function paceOf({ stats: { content, whole } }: Target, stream: boolean): LatencyEwma {
  const [own, other] = stream ? [content, whole] : [whole, content];
  return own.valueMs > 0 ? own : other;
}

/**
 * A target's requests in flight, recent failures counted among them, because a target that refuses at once only looks idle.
 * Failures count in whole numbers, so that nearly faded ones exclude nothing.
 */
export function load(target: Target, stream: boolean, now: number): number {
  const { inflight, errorRate } = target;
  return errorRate === 0
    ? inflight
    : inflight + Math.floor(FAILING * errorRate * decayedLatency(target, stream, now));
}

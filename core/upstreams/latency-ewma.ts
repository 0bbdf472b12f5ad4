import type * as contract from '../contracts/index.ts';
import { LatencyWindow } from './latency-window.ts';

/** ms after which an observation has 1/e of its weight. */
export const DECAY = 10_000;

/**
 * How long a target takes: a moving average that believes bad news at once and good news with time (the peak EWMA of
 * Finagle and linkerd).
 */
export class LatencyEwma implements contract.LatencyEwma {
  #recent: LatencyWindow | undefined;

  valueMs = 0;
  lastMs = 0;
  atMs = -Infinity;

  constructor(like?: LatencyEwma) {
    if (like) [this.valueMs, this.lastMs, this.atMs] = [like.valueMs, like.lastMs, like.atMs];
  }

  observe(ms: number, now: number): void {
    this.#recent?.add(ms);
    this.lastMs = ms;
    if (ms < this.valueMs) ms += (this.valueMs - ms) * Math.exp(Math.min(0, this.atMs - now) / DECAY);
    this.valueMs = ms;
    this.atMs = now;
  }

  get recent(): LatencyWindow {
    return (this.#recent ??= new LatencyWindow());
  }

  forget(): void {
    this.valueMs = this.lastMs = 0;
    this.atMs = -Infinity;
  }

  /** It took at least this long, which only counts if it is longer than the value. */
  atLeast(ms: number, now: number): void {
    if (this.valueMs > 0 && ms > this.valueMs) this.valueMs = this.lastMs = ms;
    this.atMs = now;
  }
}

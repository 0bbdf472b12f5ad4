import type * as contract from '../contracts/index.ts';
import { LatencyWindow } from './latency-window.ts';

/** ms after which what was seen counts a third (1/e) of what it did. */
export const DECAY = 10_000;

/**
 * How long a target takes: a moving average that believes bad news at once and good news with time (the peak EWMA of
 * Finagle and linkerd).
 */
export class LatencyEwma implements contract.LatencyEwma {
  #recent: LatencyWindow | undefined;

  value = 0;
  last = 0;
  at = -Infinity;

  constructor(like?: LatencyEwma) {
    if (like) [this.value, this.last, this.at] = [like.value, like.last, like.at];
  }

  observe(ms: number, now: number): void {
    this.#recent?.add(ms);
    this.last = ms;
    if (ms < this.value) ms += (this.value - ms) * Math.exp(Math.min(0, this.at - now) / DECAY);
    this.value = ms;
    this.at = now;
  }

  get recent(): LatencyWindow {
    return (this.#recent ??= new LatencyWindow());
  }

  forget(): void {
    this.value = this.last = 0;
    this.at = -Infinity;
  }

  /** It took at least so long: that is news only where it is longer than what was known. */
  atLeast(ms: number, now: number): void {
    if (this.value > 0 && ms > this.value) this.value = this.last = ms;
    this.at = now;
  }
}

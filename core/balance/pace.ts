/** ms after which what was seen counts a third (1/e) of what it did. */
export const DECAY = 10_000;

/**
 * How long somebody takes: a moving average that believes bad news at once and good news with time (the peak EWMA of
 * Finagle and linkerd).
 */
export class Pace {
  /** ms; 0: nothing is known yet */
  value = 0;
  /** when there was news last, ms since 1970 */
  at = -Infinity;

  observe(ms: number, now: number): void {
    if (ms < this.value) ms += (this.value - ms) * Math.exp(Math.min(0, this.at - now) / DECAY);
    this.value = ms;
    this.at = now;
  }

  /** It took at least so long: that is news only where it is longer than what was known. */
  atLeast(ms: number, now: number): void {
    if (this.value > 0 && ms > this.value) this.value = ms;
    this.at = now;
  }
}

import type * as contract from '../contracts/index.ts';

/** how many are kept */
const KEPT = 128;
/** ms for which a quantile is cached */
const FRESH = 1_000;

/** The latest latencies of a target, for quantiles. */
export class LatencyWindow implements contract.LatencyWindow {
  readonly #times = new Float64Array(KEPT);
  #count = 0;
  #asked = -1;
  #workedOutMs = -Infinity;
  #valueMs = 0;

  get size(): number {
    return Math.min(this.#count, KEPT);
  }

  add(ms: number): void {
    this.#times[this.#count++ % KEPT] = ms;
  }

  quantile(share: number, now: number): number {
    if (now - this.#workedOutMs < FRESH && this.#asked === share) return this.#valueMs;
    const known = this.#times.slice(0, this.size).sort();
    this.#valueMs = known[Math.max(0, Math.ceil(share * known.length) - 1)] ?? 0;
    this.#asked = share;
    this.#workedOutMs = now;
    return this.#valueMs;
  }
}

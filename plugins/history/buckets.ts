/** Each bucket's upper bound is this factor times the previous one: a quantile is at most 4 % off. */
const GROWTH = 1.08;
/** ms; shorter durations count as this */
const LOWEST = 0.1;
/** covers slightly more than the longest possible request, 24 days */
const COUNT = 311;
const PER_LOG = 1 / Math.log(GROWTH);

/** Non-zero counts by bucket: bucket, count, bucket, count, … */
export type Sparse = readonly number[];

/**
 * A histogram of durations. Histograms of other times and places can be added to it, and any quantile can be read from
 * the sum.
 */
export class Buckets {
  /** allocated with the first duration: most cells see no stream, or only failures */
  #counts: Float64Array | undefined;
  #total = 0;

  add(ms: number): void {
    const at = ms <= LOWEST ? 0 : Math.ceil(Math.log(ms / LOWEST) * PER_LOG);
    this.#count(Math.min(at, COUNT - 1), 1);
  }

  merge(sparse: Sparse): void {
    for (let at = 0; at < sparse.length; at += 2) this.#count(sparse[at] as number, sparse[at + 1] as number);
  }

  get sparse(): Sparse {
    return [...(this.#counts ?? [])].flatMap((count, bucket) => (count === 0 ? [] : [bucket, count]));
  }

  /** The duration in ms, to the tenth, that this share of all durations does not exceed; null: there are none. */
  quantile(share: number): number | null {
    if (!this.#counts) return null;
    const rank = Math.max(1, Math.ceil(share * this.#total));
    let seen = 0;
    const bucket = this.#counts.findIndex((count) => (seen += count) >= rank);
    return Math.round(middleOf(bucket) * 10) / 10;
  }

  #count(bucket: number, times: number): void {
    this.#counts ??= new Float64Array(COUNT);
    (this.#counts[bucket] as number) += times;
    this.#total += times;
  }
}

const middleOf = (bucket: number): number => (bucket === 0 ? LOWEST : LOWEST * GROWTH ** (bucket - 0.5));

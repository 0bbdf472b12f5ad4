import type { Labels, Sample } from './page.ts';

/** Upper bounds in µs, from a model in the next room to one that reasons for minutes. */
export const LONG = [
  5e3, 10e3, 25e3, 50e3, 100e3, 250e3, 500e3, 1e6, 2.5e6, 5e6, 10e6, 30e6, 60e6, 120e6, 300e6, 600e6, 1800e6,
] as const;
/** Upper bounds in µs of times that are near zero when all is well. */
export const SHORT = [25, 50, 100, 250, 500, 1e3, 2.5e3, 5e3, 10e3, 25e3, 100e3, 1e6] as const;

/**
 * A histogram of times in µs. The client library takes half a microsecond per observation, a sixth of what a whole
 * request costs here; this takes a few nanoseconds.
 */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(micros: number): void {
    const bounds = this.#bounds;
    let at = 0;
    while (at < bounds.length && micros > (bounds[at] as number)) at++;
    (this.#counts[at] as number)++;
    this.#sum += micros;
  }

  /** In seconds, as Prometheus wants them. */
  samples(name: string, labels: Labels): Sample[] {
    let total = 0;
    const buckets = [...this.#counts].map((count, at) => {
      total += count;
      const bound = this.#bounds[at];
      const le = bound === undefined ? '+Inf' : String(bound / 1e6);
      return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: total };
    });
    if (total === 0) return [];
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: this.#sum / 1e6 },
      { metricName: `${name}_count`, labels, value: total },
    ];
  }
}

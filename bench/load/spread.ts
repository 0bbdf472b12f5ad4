/** Percentiles of microseconds, in ms. */
export interface Spread {
  p50: number;
  p99: number;
  max: number;
}

export function spread(microseconds: number[]): Spread {
  const sorted = Float64Array.from(microseconds).sort();
  const at = (share: number): number =>
    (sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN) / 1e3;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

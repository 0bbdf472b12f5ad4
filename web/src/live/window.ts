import type { Tick } from '../api/types.ts';

/** Totals of the last seconds, for one provider. */
export interface Lately {
  readonly requests: number;
  readonly errors: number;
  /** 0 to 1, of all its attempts; undefined where there was none */
  readonly errorRate: number | undefined;
  /** ms, unweighted: the mean of the seconds that had one */
  readonly ttft: number | undefined;
}

export function lately(ticks: readonly Tick[], provider: string): Lately {
  let requests = 0;
  let errors = 0;
  const firsts: number[] = [];
  for (const { providers } of ticks) {
    const tick = providers[provider];
    if (!tick) continue;
    requests += tick.requests;
    errors += tick.errors;
    if (tick.ttft !== null && tick.ttft > 0) firsts.push(tick.ttft);
  }
  const tried = requests + errors;
  return {
    requests,
    errors,
    errorRate: tried === 0 ? undefined : errors / tried,
    ttft: firsts.length === 0 ? undefined : firsts.reduce((sum, ms) => sum + ms, 0) / firsts.length,
  };
}

/** The mean of a number over the last seconds. */
export function perSecond(ticks: readonly Tick[], pick: (tick: Tick) => number, seconds = 10): number {
  const last = ticks.slice(-seconds);
  return last.length === 0 ? 0 : last.reduce((sum, tick) => sum + pick(tick), 0) / last.length;
}

/** How long these ticks are: a page counts from when it was opened on. */
export function spanWords(ticks: readonly Tick[], most: number): string {
  const seconds = Math.max(1, ticks.length);
  return seconds >= 60 && most === 60 ? 'the last minute' : `the last ${Math.min(seconds, most)} s`;
}

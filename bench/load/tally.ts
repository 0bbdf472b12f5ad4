import { createHistogram } from 'node:perf_hooks';
import { spread, type Spread } from './spread.ts';
import type { StreamCounts, StreamsResult } from './work.ts';

/** Counts streams as they pass; only numbers are kept. Takes microseconds. */
export class Tally {
  #counts: StreamCounts = {
    streams: 0,
    chunks: 0,
    missing: 0,
    repeated: 0,
    outOfOrder: 0,
    stalled: 0,
    withoutDone: 0,
  };
  #failures: Record<string, number> = {};
  #ttft: number[] = [];
  #gap = createHistogram({ figures: 3 });
  #delay = createHistogram({ figures: 3 });

  add(counts: Partial<StreamCounts>): void {
    for (const [name, count] of Object.entries(counts)) this.#counts[name as keyof StreamCounts] += count;
  }

  fail(reason: string): void {
    this.#failures[reason] = (this.#failures[reason] ?? 0) + 1;
  }

  firstToken(microseconds: number): void {
    this.#ttft.push(microseconds);
  }

  gap(microseconds: number): void {
    this.#gap.record(Math.max(1, microseconds));
  }

  delay(microseconds: number): void {
    this.#delay.record(Math.max(1, microseconds));
  }

  result(): StreamsResult {
    return {
      ...this.#counts,
      failures: this.#failures,
      ttft: spread(this.#ttft),
      gap: inMs(this.#gap),
      delay: inMs(this.#delay),
    };
  }
}

const inMs = (histogram: ReturnType<typeof createHistogram>): Spread => ({
  p50: histogram.percentile(50) / 1e3,
  p99: histogram.percentile(99) / 1e3,
  max: histogram.max / 1e3,
});

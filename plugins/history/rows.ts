/** Rows to be written: plain data, because it is posted to another thread. Times in ms since 1970. */
import type { State } from '../../kits/feature-kit/answers.ts';
import type { Sparse } from './buckets.ts';

/** Statistics of one provider and one model in one minute, or in one hour when old. */
export interface MinuteRow {
  readonly at: number;
  /** the provider that answered or was tried last; '': none */
  readonly provider: string;
  /** the model as requested */
  readonly model: string;
  readonly requests: number;
  readonly errors: number;
  readonly left: number;
  readonly retried: number;
  readonly answered: number;
  /** failed attempts at the provider */
  readonly failed: number;
  readonly prompt: number;
  readonly completion: number;
  /** estimated tokens among these */
  readonly estimated: number;
  /** durations of complete answers, and until their first content */
  readonly latency: Sparse;
  readonly ttft: Sparse;
  /** errors by code */
  readonly kinds: Readonly<Record<string, number>>;
}

/** How many seconds of a minute a provider was available, of those in which that was known. */
export interface UptimeRow {
  readonly at: number;
  readonly provider: string;
  readonly up: number;
  readonly known: number;
}

export interface StateRow {
  readonly at: number;
  readonly provider: string;
  readonly state: State;
  readonly reason: string;
}

/** Ended requests as one JSON text, and columns by which a filter may exclude the row. */
export interface RequestsRow {
  /** lowest and highest id */
  readonly first: string;
  readonly last: string;
  /** start times, the earliest and the latest */
  readonly since: number;
  readonly until: number;
  readonly count: number;
  /** packed traces (`pack-traces.ts`) */
  readonly data: string;
}

/** The rows of one transaction. */
export interface Batch {
  readonly requests: readonly RequestsRow[];
  readonly minutes: readonly MinuteRow[];
  readonly uptime: readonly UptimeRow[];
  readonly states: readonly StateRow[];
}

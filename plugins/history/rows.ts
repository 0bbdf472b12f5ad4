/** What is written: plain data, for it goes to another thread. Times in ms since 1970. */
import type { State } from '../../kits/feature-kit/answers.ts';
import type { Sparse } from './buckets.ts';

/** What one minute, or one hour when it is old, has seen of one provider and one model. */
export interface MinuteRow {
  readonly at: number;
  /** who answered or was asked last; '': nobody */
  readonly provider: string;
  /** as it was asked for */
  readonly model: string;
  readonly requests: number;
  readonly errors: number;
  readonly left: number;
  readonly retried: number;
  readonly answered: number;
  /** attempts at the provider that failed */
  readonly failed: number;
  readonly prompt: number;
  readonly completion: number;
  /** of these tokens, those that are estimated */
  readonly estimated: number;
  /** durations of complete answers, and until their first content */
  readonly latency: Sparse;
  readonly ttft: Sparse;
  /** errors by their code */
  readonly kinds: Readonly<Record<string, number>>;
}

/** For how many seconds of a minute a provider could be asked, of those in which that was known. */
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

/** Ended requests as one JSON text, and what is needed to find out whether one is among them. */
export interface RequestsRow {
  /** lowest and highest id */
  readonly first: string;
  readonly last: string;
  /** when they came, the earliest and the latest */
  readonly since: number;
  readonly until: number;
  readonly count: number;
  /** packed traces (`packed.ts`) */
  readonly data: string;
}

/** What is written at once, or not at all. */
export interface Batch {
  readonly requests: RequestsRow | undefined;
  readonly minutes: readonly MinuteRow[];
  readonly uptime: readonly UptimeRow[];
  readonly states: readonly StateRow[];
}

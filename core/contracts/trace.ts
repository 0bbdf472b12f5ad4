/** What is remembered of a request: each attempt, and why it went where it went. */
import type { Scope } from './provider.ts';
import type { Target } from './target.ts';

/** How a request ended; `left`: the client disconnected. */
export type Ending = 'complete' | 'error' | 'cut' | 'stalled' | 'left' | 'refused';

export type Outcome = 'answered' | 'failed' | 'left';

/** One try at one target. Times in whole µs since the request came (`core/trace/elapsed.ts`). */
export interface Attempt {
  readonly target: Target;
  outcome: Outcome;
  /** why it failed: an error code of `docs/errors.md` */
  reason?: string;
  message?: string;
  status?: number | undefined;
  readonly startedUs: number;
  connectedUs?: number | undefined;
  headUs?: number | undefined;
  firstContentUs?: number | undefined;
  endedUs?: number | undefined;
  bytes: number;
  /** the longest silence inside its answer, in ms to a tick of the clock (20) */
  gapMs?: number;
  /** the upstream's own request id */
  upstreamId?: string | undefined;
  /** Another was asked for the same at the same time: which of the two the client was answered by. */
  hedged?: 'won' | 'lost';
  /** which of the provider's keys it was sent with, from 1, where there are several */
  key?: number;
  /** what its refusal concerns, where it says nothing about the target's health */
  scope?: Scope;
  /** ms after which it may be asked again, as it said */
  retryAfterMs?: number;
  /** tokens that it has used, whether or not the client was answered by it; absent: none are known */
  usage?: Usage | undefined;
}

/** Why it went where it went: one per request. Times in whole µs since the request came. */
export interface Trace {
  readonly id: string;
  /** ms since 1970 */
  readonly startedEpochMs: number;
  readonly surface: string;
  readonly model: string;
  readonly stream: boolean;
  /** the name of the key that it came with; undefined: the gateway asks for none */
  readonly key: string | undefined;
  route: string;
  strategy: string;
  readonly candidates: readonly Target[];
  /** exclusions, waits and remarks */
  notes: readonly TraceNote[];
  attempts: readonly Attempt[];
  /** name of the translation that was needed */
  translated: string | undefined;
  /** members of the request that the translation left out */
  dropped?: readonly string[];
  /** when the first of an answer went to the client; comments may have before */
  committedUs: number | undefined;
  ending: Ending | undefined;
  status: number | undefined;
  error: string | undefined;
  /** the gateway's error code that the client got, of `docs/errors.md` */
  reason: string | undefined;
  /** when it was over */
  endedUs: number | undefined;
  bytes: number;
  /** tokens, as the upstream counted them, or a stream's as they are estimated; undefined: it does not say */
  usage?: Usage | undefined;
  /** tokens that a kept answer has saved, and what they cost when it was given */
  saved?: Usage | undefined;
}

export interface TraceNote {
  readonly atUs: number;
  /** candidates that were out, and why */
  readonly out?: Readonly<Record<string, readonly string[]>>;
  /** what it waited for */
  readonly waited?: string;
  readonly tookUs?: number;
  readonly remark?: string;
}

/** A trace as data: targets by their ids, the rest as it is. Times in µs since the request came. */
export interface TraceRecord extends Omit<Trace, 'candidates' | 'attempts' | 'dropped'> {
  readonly candidates: readonly string[];
  readonly attempts: readonly AttemptRecord[];
  /** the gateway that it came to, where several keep their history in one place */
  readonly node?: string;
}

export type AttemptRecord = Omit<Attempt, 'target'> & { readonly target: string };

/** Which requests are wanted; what is absent does not matter. */
export interface RequestFilter {
  readonly model?: string | undefined;
  /** the provider that answered or was asked last, in any spelling of its name */
  readonly provider?: string | undefined;
  /** lowest and highest */
  readonly status?: readonly [number, number] | undefined;
  readonly ending?: Ending | undefined;
  readonly key?: string | undefined;
  /** when they came, ms since 1970 */
  readonly sinceEpochMs?: number | undefined;
  readonly untilEpochMs?: number | undefined;
  /** a text in the id, the model, a target, an upstream's own id or what went wrong, without regard to case */
  readonly q?: string | undefined;
  /** older than the request with that id: ids grow with time */
  readonly before?: string | undefined;
}

/** Tokens of one answer, as the upstream counted them, or estimated. */
export interface Usage {
  /** the upstream did not count them: they are estimated from bytes */
  readonly estimated?: boolean;
  readonly prompt: number;
  readonly completion: number;
  readonly total: number;
  /** of the prompt: what a cache of the provider had, and what was written into it; absent: none, or it does not say */
  readonly cached?: number;
  readonly cacheWritten?: number;
  /** dollars; null: what it costs is not known; absent: nothing was to be known */
  readonly cost?: number | null;
}

export interface Archive {
  /** Those that match, newest first; rejects when it cannot be read. */
  readonly requests: (filter: RequestFilter, limit: number) => Promise<readonly TraceRecord[]>;
  /** The one with that id, ours or an upstream's own. */
  readonly request: (id: string) => Promise<TraceRecord | undefined>;
}

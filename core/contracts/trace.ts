/** What is remembered of a request: each attempt, and why it went where it went. */
import type { Target } from '../target.ts';
import type { Usage } from '../usage.ts';
import type { Ending } from './answers.ts';
import type { Scope } from './scopes.ts';

export type { Ending } from './answers.ts';

export type Outcome = 'answered' | 'failed' | 'left';

/** One try at one target. Times in whole µs since the request came (`core/elapsed.ts`). */
export interface Attempt {
  readonly target: Target;
  outcome: Outcome;
  /** why it failed: an error code of `docs/errors.md` */
  reason?: string;
  message?: string;
  status?: number;
  readonly started: number;
  connected?: number;
  head?: number;
  firstContent?: number;
  ended?: number;
  bytes: number;
  /** the longest silence inside its answer, in ms to a tick of the clock (20) */
  gap?: number;
  /** the upstream's own request id */
  upstreamId?: string;
  /** Another was asked for the same at the same time: which of the two the client was answered by. */
  hedged?: 'won' | 'lost';
  /** which of the provider's keys it was sent with, from 1, where there are several */
  key?: number;
  /** what its refusal concerns, where it says nothing about the target's health */
  scope?: Scope;
  /** ms after which it may be asked again, as it said */
  retryAfter?: number;
}

/** Why it went where it went: one per request. Times in whole µs since the request came. */
export interface Trace {
  readonly id: string;
  /** ms since 1970 */
  readonly time: number;
  readonly surface: string;
  readonly model: string;
  readonly stream: boolean;
  /** the name of the key that it came with; undefined: the house asks for none */
  readonly key: string | undefined;
  route: string;
  strategy: string;
  readonly candidates: readonly Target[];
  /** each look that found somebody out, or had to wait */
  notes: readonly TraceNote[];
  readonly attempts: Attempt[];
  /** name of the translation that was needed */
  translated: string | undefined;
  /** when the first of an answer went to the client; comments may have before */
  commit: number | undefined;
  ending: Ending | undefined;
  status: number | undefined;
  error: string | undefined;
  /** the error code of `docs/errors.md` that the client was told by the gateway itself */
  reason: string | undefined;
  /** when it was over */
  ended: number | undefined;
  bytes: number;
  /** tokens, as the upstream counted them, or a stream's as they are estimated; undefined: it does not say */
  usage?: Usage | undefined;
}

export interface TraceNote {
  readonly at: number;
  /** candidates that were out, and why */
  readonly out?: Readonly<Record<string, readonly string[]>>;
  /** what it waited for */
  readonly waited?: string;
  readonly took?: number;
  readonly remark?: string;
}

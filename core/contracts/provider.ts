import type { Call, Key, UpstreamRequest } from './call.ts';
import type { Rules } from './model-schema.ts';
import type { Address, ProcessSpec } from './process.ts';
import type { Target } from './target.ts';
import type { Timeouts } from './timeouts.ts';

/** One upstream: how to reach it and how it speaks. */
export interface Provider {
  readonly name: string;
  /** the APIs it has; ['*'] when it is not known to lack any */
  readonly surfaces: readonly string[];
  /** The APIs that one of its models has, by its own name of it, where they differ; absent: each has all of them. */
  readonly surfacesOf?: ((model: string) => readonly string[]) | undefined;
  /** public name → its own name; undefined: any name is passed on as it is */
  readonly models: Readonly<Record<string, string>> | undefined;
  /** its own name of the model that answers for names it does not know */
  readonly defaultModel?: string | undefined;
  /** The config wants that model to answer for names that no provider has. */
  readonly swapsModels?: boolean | undefined;
  readonly quirks: Quirks;
  /** what the operator wants of each request to it, by its entry in the config */
  readonly rules?: Rules | undefined;
  /** how many requests it takes at once; undefined: any number */
  readonly concurrency?: number | undefined;
  readonly timeouts: Partial<Timeouts>;
  /** Where it lists its models, relative to its base URL; undefined: it does not. */
  readonly modelsPath?: string | undefined;
  /** Scheme, host and port of one that is reached by URL. Servers of plain http:, here or beside, come and go at any time. */
  readonly origin?: string;
  /** A path, relative to its base URL, whose `GET` is free of charge and shows whether it is up; undefined: there is none. */
  readonly checkPath?: string | undefined;
  /** Requests for a model of its own that others have in flight there; absent: not known. */
  readonly inflightElsewhere?: ((model: string) => number) | undefined;
  /** Its own keys, where there is one; a request is sent with the next of those that are in. */
  readonly keys?: Keys | undefined;
  /** What its refusals concern, the first that fits before the gateway's own rules (`core/failures/refusal-scope.ts`). */
  readonly scopes?: readonly ScopeRule[] | undefined;
  /** A program the gateway runs. */
  readonly process?: ProcessSpec | undefined;
  /** Where a local process listens and the key made for it: filled in by the supervisor at each start. */
  readonly address?: Address;
  /** Where the API of a local process begins: '/v1'. */
  readonly basePath?: string;
  /** Only asked when there is no other provider. */
  readonly lastResort?: boolean;
  /** Known without a config line, and asked only once an operator has started it. */
  readonly dormant?: boolean;
  /** What the operator must give before it can answer, with the remedy. */
  readonly lacks?: readonly string[];
  readonly request: (call: Call, target: Target) => UpstreamRequest;
  /** Whether another target may do better than this answer; undefined: the gateway's own rule decides. */
  readonly retryable?: (status: number, body: Buffer) => boolean | undefined;
  /** Learns from a refusal what of a request that model is sent no more. @returns what it was; '': that was not the reason */
  readonly learns?: (asked: UpstreamRequest, said: { status: number; body: Buffer }, model: string) => string;
  readonly close?: () => Promise<void> | void;
}

/** A provider's own API keys, used in turns; one that is out, for all models or for one, is passed over until its time. */
export interface Keys {
  readonly size: number;
  /** those that are out, by their place, never by what they are */
  readonly out: readonly {
    readonly key: number;
    readonly model?: string;
    readonly untilMs: number;
    readonly detail: string;
  }[];
  /** The one whose turn it is for that model; where all are out, the one that is back first. */
  next(model: string): Key & { readonly header: string };
  /** Puts one out. @param model for that one alone; without it, for all */
  block(key: Key, pause: KeyPause, model?: string): void;
  /**
   * When the first of them is back, and whether none of them has asked for a pause; undefined: one of them is in.
   * @param model for that one; without it, for any
   */
  back(model?: string): { readonly untilMs: number; readonly isGuess: boolean } | undefined;
  /** ms of pause for a key whose refusal did not give a time */
  pauseMs(key: Key, model?: string): number;
  /** One gave an answer for that model. */
  answered(nth: number, model: string): void;
  reset(): void;
}

export interface KeyPause {
  /** on the gateway's clock, ms */
  readonly untilMs: number;
  readonly detail: string;
  /** it was refused, and nothing says that it still is */
  readonly isGuess: boolean;
}

/** One provider's deviations from its dialect, as data. */
export interface Quirks {
  /** 'both'; 'only': must be asked for a stream even for a caller that wants none; 'never' */
  readonly streams: 'both' | 'only' | 'never';
  /** what becomes of its work when the caller leaves: cut it, or read on and throw away */
  readonly onLeave: 'abort' | 'drain';
  /** the most tokens that may be asked for in one answer */
  readonly maxTokens?: number | undefined;
  /** The only content of a message that it takes: a list of text parts is sent as one string. Absent: both. */
  readonly content?: 'string' | undefined;
  /** Where it puts its reasoning, to become `reasoning_content`. Absent: there already, or nowhere. */
  readonly reasoning?: readonly ReasoningForm[] | undefined;
  /**
   * What proves an answer complete: 'reason': a `finish_reason`, and `[DONE]` without one is a cut; 'done': `[DONE]`,
   * as it never gives a reason, and one is added. Absent: either.
   */
  readonly ends?: 'reason' | 'done' | undefined;
  /** How an answer begins that is an error in disguise; white space before it does not count. Absent: none. */
  readonly failureTexts?: readonly string[] | undefined;
  /** The tokens that it counts are made up, so that they prove no answer; they are dropped. Absent: they are believed. */
  readonly usage?: 'invented' | undefined;
  /** false: it is not asked to count the tokens of a stream, as it does not take `stream_options`. Absent: it is. */
  readonly streamOptions?: boolean | undefined;
  /** Statuses that another target may mend, beside those that are so for everybody. Absent: none. */
  readonly retryStatuses?: readonly number[] | undefined;
  /**
   * Its answers and refusals are put into the shape of the API: one id, seconds, a role first, `finish_reason` and
   * `refusal` where they must stand, no `message` beside a `delta`, no empty deltas, no usage that counts nothing.
   * `reasoning`, `ends`, `failureTexts` and `usage` include it. Absent: they pass as they came.
   */
  readonly tidy?: boolean | undefined;
}

/** Where reasoning may stand in an answer. */
export type ReasoningForm =
  /** `<think>…</think>` at the start of the content, cut anywhere */
  | 'think-tags'
  /** `<think>` at the start of each delta that is reasoning, never closed: the first without it is the answer */
  | 'think-each-delta'
  /** a member `thinking` of the delta: `{content, signature}` */
  | 'thinking-delta'
  /** `<details type="reasoning">…</details>` at the start of the content, with a summary and quoted lines */
  | 'details-tags';

/** What a refusal applies to, so that only that is paused. */
export type Scope =
  /** one key of the provider: others of its keys can go on */
  | 'key'
  /** this model of the provider */
  | 'model'
  /** some models of the provider, which share a quota */
  | 'pool'
  /** all of the provider's models */
  | 'provider'
  /** the caller's own key: no other caller is affected */
  | 'caller'
  /** one API of the provider, which it lacks */
  | 'surface'
  /** this request alone */
  | 'request';

/** How to recognise the scope of a provider's refusal: by its status and, if given, by its body. */
export interface ScopeRule {
  readonly status: number | readonly number[];
  /** in the first 4 KiB of the body */
  readonly says?: RegExp;
  readonly scope: Scope;
  /** for 'pool': which of its own models share it */
  readonly models?: RegExp;
  /** ms it holds where the refusal itself does not say; without it, a 429 holds for a time that grows, and nothing else does */
  readonly pauseMs?: number;
}

/**
 * The words of the house as types. A plugin needs nothing else from core but what is named here
 * and the few helpers that `core/provider.ts` and `core/errors.ts` export.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Schema } from './config/schema.ts';
import type { GatewayError } from './errors.ts';
import type { Supervised } from './supervisor/supervised.ts';
import type { Target } from './target.ts';
import type { Yard } from './yard.ts';

export type { Target } from './target.ts';

/** How long each phase may take, in ms. */
export interface Timeouts {
  /** until the connection to the upstream stands */
  connect: number;
  /** from the request being written until the head of the answer */
  firstByte: number;
  /** from the request being written until the first text, reasoning or tool delta of a stream */
  firstContent: number;
  /** the longest silence inside an answer */
  idle: number;
  /** the whole request, every attempt included */
  total: number;
  /** waiting for room where a provider bears only so many requests at once */
  queue: number;
  /** waiting for a local process that is being fetched or started */
  start: number;
}

/** One request to the gateway, from understood until its last byte is out. */
export interface Context {
  readonly id: string;
  readonly call: Call;
  readonly dialect: Dialect;
  readonly route: Route;
  readonly trace: Trace;
  readonly timeouts: Timeouts;
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal;
  readonly log: FastifyBaseLogger;
  /** When it came, on the clock of `performance.now()`. */
  readonly started: number;
}

/** What a caller asks, as the wire says it: what a provider writes its own request from. */
export interface Call {
  /** the API it belongs to: 'chat', 'completions', 'embeddings', 'responses', 'images', … */
  readonly surface: string;
  readonly method: string;
  /** below the base URL, query included: '/chat/completions' */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** the body's own bytes; never changed */
  readonly raw: Buffer;
  /** The model's name as asked for; '' where the request names none. */
  readonly model: string;
  /** the caller wants server-sent events */
  readonly stream: boolean;
  /** how many answers were asked for (`n`) */
  readonly choices: number;
  /** how the body can be edited: 'json' by splicing members, 'multipart' by replacing a form field */
  readonly format: 'json' | 'multipart' | 'opaque';
  /** members of the body to be set for this target's sake; absent: none */
  readonly set?: Readonly<Record<string, unknown>>;
  /** The caller's own `Authorization` may go on to a provider that has no key of its own. */
  readonly forwardAuthorization: boolean;
}

export interface UpstreamRequest {
  /** scheme, host and port: 'https://api.example.com' */
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Record<string, string | string[]>;
  readonly body: Buffer | undefined;
}

/** A public model name, the targets that can answer for it, and who picks among them. */
export interface Route {
  readonly name: string;
  readonly targets: readonly Target[];
  readonly strategyName: string;
  readonly strategy: Strategy;
  readonly timeouts: Partial<Timeouts>;
  /** Asked for by `?provider=NAME`. */
  readonly pinned?: string;
}

/** One upstream: how to reach it and how it speaks. */
export interface Provider {
  readonly name: string;
  /** the APIs it has; ['*'] when it is not known to lack any */
  readonly surfaces: readonly string[];
  /** public name → its own name; undefined: any name is passed on as it is */
  readonly models: Readonly<Record<string, string>> | undefined;
  /** its own name of the model that answers for names it does not know */
  readonly defaultModel?: string | undefined;
  readonly quirks: Quirks;
  /** how many requests it bears at once; undefined: any number */
  readonly concurrency?: number | undefined;
  readonly timeouts: Partial<Timeouts>;
  /** Where it lists its models, relative to its base URL; undefined: it does not. */
  readonly modelsPath?: string | undefined;
  /** A program the yard runs. */
  readonly process?: ProcessSpec | undefined;
  /** Where a local process listens and the key made for it: filled in by the supervisor at each start. */
  readonly address?: Address;
  /** Only asked when nobody else is there. */
  readonly lastResort?: boolean;
  readonly request: (call: Call, target: Target) => UpstreamRequest;
  /** Says for an answer whether another target may do better; undefined: the house's own rule. */
  readonly retryable?: (status: number, body: Buffer) => boolean | undefined;
  readonly close?: () => Promise<void> | void;
}

export interface Address {
  origin: string;
  key: string;
}

/** One provider's deviations from its dialect, as data. */
export interface Quirks {
  /** 'both'; 'only': must be asked for a stream even for a caller that wants none; 'never' */
  readonly streams: 'both' | 'only' | 'never';
  /** what becomes of its work when the caller leaves: cut it, or read on and throw away */
  readonly onLeave: 'abort' | 'drain';
  /** the most tokens that may be asked for in one answer */
  readonly maxTokens?: number | undefined;
}

/** A program the yard runs. `{port}`, `{host}`, `{key}`, `{folder}` and what the toolchain names are filled in. */
export interface ProcessSpec {
  /** where the program comes from; undefined: it is already there */
  readonly source?: ProcessSource | undefined;
  readonly command: readonly string[];
  readonly cwd?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly port: number | 'free';
  readonly host: string;
  readonly probe: Probe;
  /** 'boot': with the gateway; 'on-demand': with the first request for it; 'manual': by hand only */
  readonly start: 'boot' | 'on-demand' | 'manual';
  /** how it ends: a signal to its group, ms until SIGKILL */
  readonly stop: { readonly signal: NodeJS.Signals; readonly grace: number };
  /** shown before a first install */
  readonly notes: { readonly licence?: string; readonly writes: readonly string[]; readonly risks: readonly string[] };
}

export interface ProcessSource {
  /** name of the toolchain plugin that makes it runnable */
  readonly toolchain: string;
  /** what that toolchain installs; its own schema checks it */
  readonly packages: unknown;
}

export interface Probe {
  readonly method: string;
  readonly path: string;
  readonly status: readonly number[];
  /** ms between two looks while it is healthy */
  readonly every: number;
  /** ms it may take from start to ready */
  readonly within: number;
}

/** How a program becomes runnable. */
export interface Toolchain {
  /**
   * Installs into `folder` what is missing and nothing twice.
   * @returns values for the placeholders of the command: `{python}`, `{lib}`, …
   * @throws GatewayError naming what the machine lacks and the remedy
   */
  readonly prepare: (job: ToolchainJob) => Promise<Record<string, string>>;
  readonly close?: () => Promise<void> | void;
}

export interface ToolchainJob {
  readonly provider: string;
  readonly packages: unknown;
  readonly folder: string;
  readonly signal: AbortSignal;
  /** a line about how far it is, for people */
  readonly progress: (line: string) => void;
}

/** Picks one of the candidates; none is blocked and each has room. */
export interface Strategy {
  readonly pick: (candidates: readonly Target[], context: Context) => Target | undefined;
  readonly learn?: (attempt: Attempt, context: Context) => void;
  readonly close?: () => void;
}

/** How one API's answers read: what is content, what proves an end, how an error is said in band. */
export interface Dialect {
  readonly surface: string;
  /** A reader for one answer; it has memory. */
  readonly reader: (call: Call) => Reader;
  /** Whether a JSON answer carries anything. */
  readonly judge: (answer: unknown) => Verdict;
  /**
   * It is known what proves an end, and only JSON and event streams can be right. Where it is not, any content type
   * may be, and a body that ends in good form is whole.
   */
  readonly strict: boolean;
  /** What is sent where an answer was whole but its closing event was not. */
  readonly closing: string;
  /** An error event in this API's own protocol, framed. */
  readonly failure: (error: GatewayError) => string;
  /** From a stream, the answer that a caller who wanted none expects; undefined: cannot be done. */
  readonly fold?: () => Fold;
  /** From a whole answer, the events that a caller who wanted a stream expects. */
  readonly unfold?: (answer: unknown, call: Call) => SseEvent[];
  /** members of the request that bound the answer's length, the one to add first */
  readonly tokenLimits: readonly string[];
  /** members to set so that a stream that will be folded loses nothing (`stream_options`) */
  readonly foldWith: Readonly<Record<string, unknown>>;
}

export interface SseEvent {
  /** the `event:` field; '' when there is none */
  readonly event: string;
  readonly data: string;
}

export type Verdict =
  | { readonly kind: 'content' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'error'; readonly message: string };

/** Reads one streamed answer. */
export interface Reader {
  /** True when nothing in these whole events can be an ending or an error; looks at bytes only. */
  quiet(events: Buffer): boolean;
  /** What one event says; to be called for each event that is not quiet, in order. */
  read(event: SseEvent): Sign;
  /** Every answer asked for has said why it ended: a missing closing event is no cut. */
  readonly finished: boolean;
  /** An end without content is explained (`length`, `content_filter`). */
  readonly explained: boolean;
}

export interface Sign {
  readonly content: boolean;
  /** the closing event */
  readonly terminal: boolean;
  /** an error said in band: its text */
  readonly error?: string;
  /** that error is already said in this API's own protocol: it can be passed on as it came */
  readonly native?: boolean;
}

export interface Fold {
  add(event: SseEvent): void;
  /** @returns the whole answer, as JSON to be written */
  result(): unknown;
}

/** Lets a caller of one API be answered by a provider that only has another. */
export interface Translation {
  readonly from: string;
  readonly to: string;
  /** path of the other API */
  readonly path: string;
  /** @throws GatewayError when the request cannot be said in the other API */
  readonly request: (body: Record<string, unknown>) => Record<string, unknown>;
  readonly answer: (body: unknown) => unknown;
  /** A translator for one stream; it has memory. */
  readonly events: () => (event: SseEvent) => SseEvent[];
}

export type Outcome = 'answered' | 'failed' | 'left';

/** One try at one target. Times in ms since the request came. */
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
  /** the upstream's own request id */
  upstreamId?: string;
  /** ms after which it may be asked again, as it said */
  retryAfter?: number;
}

export type Ending = 'complete' | 'error' | 'cut' | 'stalled' | 'left' | 'refused';

/** Why it went where it went: one per request. Times in ms since the request came. */
export interface Trace {
  readonly id: string;
  /** ms since 1970 */
  readonly time: number;
  readonly surface: string;
  readonly model: string;
  readonly stream: boolean;
  route?: string;
  strategy?: string;
  candidates: readonly Target[];
  /** each look that found somebody out, or had to wait */
  readonly notes: TraceNote[];
  readonly attempts: Attempt[];
  translated?: string;
  /** when the first byte went to the client */
  commit?: number;
  ending?: Ending;
  status?: number;
  error?: string;
  ms?: number;
  bytes: number;
}

export interface TraceNote {
  readonly at: number;
  /** candidates that were out, and why */
  readonly out?: Readonly<Record<string, readonly string[]>>;
  /** what it waited for */
  readonly waited?: string;
  readonly ms?: number;
  readonly remark?: string;
}

/** What core lends to plugins. */
export interface Host {
  /** the house's own Fastify instance: routes and hooks of features and surfaces go here */
  readonly app: FastifyInstance;
  readonly log: FastifyBaseLogger;
  readonly yard: Yard;
  readonly config: HouseConfig;
  /** describes the config, secrets marked: what `redact` needs to show it */
  readonly schema: Schema;
  /** environment variables, `.env` included */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Chance and time are lent, so that tests are exact. */
  readonly random: () => number;
  readonly now: () => number;
}

/** The part of the config that the house itself reads; plugins get theirs as options. */
export interface HouseConfig {
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly apiKeys: readonly string[];
    /** bytes */
    readonly bodyLimit: number;
    readonly origins: readonly string[];
    readonly hosts: readonly string[];
    /** ms for running answers when the gateway stops */
    readonly drain: number;
  };
  readonly strategy: { readonly use: string } & Record<string, unknown>;
  readonly timeouts: Partial<Timeouts>;
  readonly retry: RetryConfig;
  readonly limits: { readonly event: number; readonly answer: number };
  readonly providers: Readonly<Record<string, ProviderConfig>>;
  readonly models: Readonly<Record<string, ModelConfig>>;
  readonly unknownModels: 'route' | 'reject';
  readonly discover: boolean;
  /** folder for what the yard fetches and writes */
  readonly home: string;
  readonly plugins: readonly string[];
  /** options of features, by the feature's name */
  readonly features: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface RetryConfig {
  /** most attempts for one request */
  readonly attempts: number;
  /** share of live requests that may be tried again */
  readonly budget: number;
  /** longest Retry-After, in ms, that is waited for where nobody else can answer */
  readonly wait: number;
}

export interface ProviderConfig {
  readonly use?: string;
  readonly enabled?: boolean;
  readonly [option: string]: unknown;
}

export interface ModelConfig {
  readonly strategy?: { readonly use: string } & Record<string, unknown>;
  readonly timeouts?: Partial<Timeouts>;
  readonly targets: readonly {
    readonly provider: string;
    readonly model?: string;
    readonly weight?: number;
    readonly priority?: number;
  }[];
}

/** What every plugin file exports: a name (its file's), a JSON Schema of its options, and how it is made. */
export interface Plugin<Options = Record<string, unknown>, Made = unknown> {
  readonly name: string;
  readonly options: object;
  readonly create: (options: Options, host: Host) => Made;
}

export interface ProviderPlugin<Options = Record<string, unknown>> extends Plugin<Options & Named, Provider> {
  /** What makes it a provider without a config line. */
  readonly detect?: Detect;
  /** Used when nobody else is there. */
  readonly lastResort?: boolean;
}

export interface Named {
  /** the provider's name in the config */
  readonly name: string;
}

export type Detect =
  /** an environment variable that holds its key */
  | { readonly env: string }
  /** a server on loopback that answers this path with 200 and JSON holding one of these words */
  | { readonly port: number; readonly path: string; readonly holds: readonly string[] };

export type StrategyPlugin<Options = Record<string, unknown>> = Plugin<Options, Strategy>;
export type ToolchainPlugin<Options = Record<string, unknown>> = Plugin<Options, Toolchain>;

export interface FeaturePlugin<Options = Record<string, unknown>>
  extends Plugin<Options, Promise<Feature | void> | Feature | void> {
  /** names of features whose hooks must run before its own */
  readonly after?: readonly string[];
}

export interface Feature {
  readonly close?: () => Promise<void> | void;
}

export type { Supervised };

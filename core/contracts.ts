/**
 * The words of the house as types. A plugin needs nothing else from core but what is named here
 * and the few helpers that `core/provider.ts` and `core/errors.ts` export.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Members } from './body/members.ts';
import type { Place } from './body/multipart.ts';
import type { Pieces } from './body/pieces.ts';
import type { Schema } from './config/schema.ts';
import type { HouseConfig } from './contracts/config.ts';
import type { Dialect } from './contracts/dialect.ts';
import type { Address, KnownSource, ProcessSpec, Toolchain } from './contracts/process.ts';
import type { Quirks } from './contracts/quirks.ts';
import type { Attempt, Trace } from './contracts/trace.ts';
import type { Key, ScopeRule } from './contracts/scopes.ts';
import type { Keys } from './keys.ts';
import type { Leaving } from './leaving.ts';
import type { Supervised } from './supervisor/supervised.ts';
import type { Target } from './target.ts';
import type { Yard } from './yard.ts';

export type { Trouble } from './live.ts';
export type { Target } from './target.ts';
export type * from './contracts/scopes.ts';
export type * from './contracts/archive.ts';
export type * from './contracts/config.ts';
export type * from './contracts/dialect.ts';
export type * from './contracts/heavy.ts';
export type * from './contracts/options.ts';
export type * from './contracts/process.ts';
export type * from './contracts/quirks.ts';
export type * from './contracts/trace.ts';

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
  /** silence after which the caller of a stream is sent a comment; 0: never */
  keepalive: number;
}

/** One request to the gateway, from understood until its last byte is out. */
export interface Context {
  readonly id: string;
  readonly call: Call;
  readonly dialect: Dialect;
  readonly route: Route;
  readonly trace: Trace;
  readonly timeouts: Timeouts;
  /** Says when the client has gone; `leaving.signal` for every wait. */
  readonly leaving: Leaving;
  readonly log: FastifyBaseLogger;
  /** When it came, on the clock of `performance.now()`. */
  readonly started: number;
  /** ms since then that the caller waits; Infinity: it does not say */
  readonly patience: number;
  /** so many attempts for it were under way already when this one began */
  readonly beside?: number;
  /** It goes on under another model's name: whose it was first, and which names were taken since. */
  readonly fellBack?: { readonly from: Route; readonly tried: readonly string[] };
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
  /** where the members of a long JSON body stand that anything here looks at; absent: it was not walked over */
  readonly members?: Members | undefined;
  /** where the fields of a long form stand, likewise */
  readonly fields?: ReadonlyMap<string, Place> | undefined;
  /** The path is below the server's root, not its base URL: '/tokenize' */
  readonly isAtRoot?: boolean;
  /** The model's name as asked for; '' where the request names none. */
  readonly model: string;
  /** the caller wants server-sent events */
  readonly stream: boolean;
  /** how many answers were asked for (`n`) */
  readonly choices: number;
  /** how the body can be edited: 'json' by splicing members, 'multipart' by replacing a form field */
  readonly format: 'json' | 'multipart' | 'opaque';
  /** members of the body to be set when it is sent, or fields of a form; absent: none */
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
  /** in pieces where putting a long one together would hold up others */
  readonly body: Buffer | Pieces | undefined;
  /** which of the provider's own keys it is sent with */
  readonly key?: Key;
  /** It is sent with the caller's own key: what is said to it concerns nobody else. */
  readonly callersKey?: boolean;
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
  /** other models' names for when nobody here can answer, and for when the request is too long for who answers here */
  readonly fallbacks?: readonly string[] | undefined;
  readonly contextFallbacks?: readonly string[] | undefined;
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
  /** That model is to answer for names that nobody has: the config says so. */
  readonly swapsModels?: boolean | undefined;
  readonly quirks: Quirks;
  /** how many requests it bears at once; undefined: any number */
  readonly concurrency?: number | undefined;
  readonly timeouts: Partial<Timeouts>;
  /** Where it lists its models, relative to its base URL; undefined: it does not. */
  readonly modelsPath?: string | undefined;
  /** Scheme, host and port of one that is reached by URL. Servers of plain http:, here or beside, come and go at any time. */
  readonly origin?: string;
  /** Where a `GET`, free of charge, shows whether anybody is there, relative to its base URL; undefined: nowhere. */
  readonly lookPath?: string | undefined;
  /** Its own keys, where there is one; a request is sent with the next of those that are in. */
  readonly keys?: Keys | undefined;
  /** What its refusals concern, the first that fits before the house's own rules (`core/scopes.ts`). */
  readonly scopes?: readonly ScopeRule[] | undefined;
  /** A program the yard runs. */
  readonly process?: ProcessSpec | undefined;
  /** Where a local process listens and the key made for it: filled in by the supervisor at each start. */
  readonly address?: Address;
  /** Where the API of a local process begins: '/v1'. */
  readonly basePath?: string;
  /** Only asked when nobody else is there. */
  readonly lastResort?: boolean;
  /** Known without a config line, and asked only once somebody has started it. */
  readonly dormant?: boolean;
  /** What the operator must give before it can answer, with the remedy. */
  readonly lacks?: readonly string[];
  readonly request: (call: Call, target: Target) => UpstreamRequest;
  /** Says for an answer whether another target may do better; undefined: the house's own rule. */
  readonly retryable?: (status: number, body: Buffer) => boolean | undefined;
  readonly close?: () => Promise<void> | void;
}

/** Picks one of the candidates; none is blocked and each has room. */
export interface Strategy {
  readonly pick: (candidates: readonly Target[], context: Context) => Target | undefined;
  /** The pick it would make, for who only wants to know. Absent: `pick` itself changes nothing. */
  readonly peek?: Strategy['pick'];
  readonly learn?: (attempt: Attempt, context: Context) => void;
  /** Its route is forgotten; requests under way may still ask it. */
  readonly close?: () => void;
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
  /** ms on a clock that only goes forward, whatever is done to the machine's date: for all that lasts */
  readonly now: () => number;
  /** ms since 1970, for dates that people see */
  readonly date: () => number;
  /** the strategies there are */
  readonly strategies: readonly StrategyPlugin[];
  /**
   * Makes a strategy, for one that picks with another's help.
   * @throws GatewayError `config_invalid` when there is none of that name, or its options are wrong
   */
  readonly strategy: (use: string, options: Readonly<Record<string, unknown>>) => Strategy;
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
  /** Listed without a config line; used only when the config or a route names it, or somebody starts it. */
  readonly dormant?: boolean;
  /** further names that it is found by */
  readonly aliases?: readonly string[];
  /** where its program comes from, of one that others wrote: apis/sources.json lists them */
  readonly source?: KnownSource;
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

export interface StrategyPlugin<Options = Record<string, unknown>> extends Plugin<Options, Strategy> {
  /** Taken where the config names none. */
  readonly standard?: boolean;
}

export type ToolchainPlugin<Options = Record<string, unknown>> = Plugin<Options, Toolchain>;

export interface FeaturePlugin<Options = Record<string, unknown>> extends Plugin<
  Options,
  Promise<Feature | void> | Feature | void
> {
  /** names of features whose hooks must run before its own */
  readonly after?: readonly string[];
}

export interface Feature {
  readonly close?: () => Promise<void> | void;
}

export type { Supervised };

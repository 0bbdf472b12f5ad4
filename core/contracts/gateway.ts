/** The running gateway, as plugins see it. */
import type { Archive } from './trace.ts';
import type { GatewayConfig } from './config.ts';
import type { OpenFormats } from './dialect.ts';
import type { Candidates, Context, Route, Sink } from './request.ts';
import type { Settings } from './settings.ts';
import type { Target } from './target.ts';
import type { DeadlineTimer, Timeouts } from './timeouts.ts';
import type { CountingTransport, OutboundProxies, Transport } from './transport.ts';
import type { Upstream, Upstreams } from './upstream.ts';
import type { ManagedProcess } from './managed-process.ts';

export interface Gateway {
  /** all providers, with their targets and processes */
  readonly upstreams: Upstreams;
  /** which targets a model's name leads to */
  readonly candidates: Candidates;
  /** what is in force: the config, and what was changed since */
  readonly settings: Settings;
  /** dialects, translations, and the pool that converts long bodies */
  readonly formats: OpenFormats;
  readonly transport: CountingTransport;
  readonly proxies: OutboundProxies;
  /** one timer for all deadlines */
  readonly clock: DeadlineTimer;
  readonly retry: GatewayConfig['retry'];
  readonly limits: GatewayConfig['limits'];
  /** ms on the gateway's clock, which only goes forward */
  readonly now: () => number;
  /** ms since 1970 */
  readonly date: () => number;
  readonly closing: boolean;
  /** Callers' keys are no keys of this gateway's: one may go on to a provider that has none. */
  readonly acceptsCallersKey: boolean;
  /** where ended requests are kept longer than in memory; undefined: nowhere */
  readonly archive: Archive | undefined;
  /** what keeps the lists of models; undefined: nothing does */
  readonly lists: ModelLists | undefined;
  readonly strategyFailures: { list(): StrategyFailure[] };
  /** @throws GatewayError `model_not_found`, `provider_not_found`, `surface_not_found` */
  route(model: string, surface: string, pin?: string): Route;
  /** Targets that have an API, for a request that names no model. @throws GatewayError as `route` does */
  targets(surface: string, pin?: string): readonly Target[];
  /** The deadlines of one attempt; without a target, those of waiting for one. */
  timeouts(route: Route, target: Target | undefined, stream: boolean): Timeouts;
  /** @throws GatewayError `provider_not_found` */
  upstream(name: string): Upstream;
  process(target: Target): ManagedProcess | undefined;
  /** Public names with the provider that each belongs to: routes of the config first. */
  modelNames(): Map<string, string>;
  /**
   * Answers one request, from its context to its last byte: picks a target, tries, and tries elsewhere for as long as
   * the client has seen nothing. It never rejects: what goes wrong is told to the client and stands in the trace.
   * @param once one attempt, without a hedge, over that transport
   */
  answer(context: Context, sink: Sink, once?: Transport): Promise<void>;
  /** Which names lead where is worked out again. */
  forget(): void;
  /** No target is known for a name: lists and local ports are looked at again. */
  lookAgain(): Promise<void>;
  /** A feature keeps ended requests. */
  archiveBy(archive: Archive | undefined): void;
  /** A feature keeps the lists of models. */
  listBy(lists: ModelLists | undefined): void;
  /**
   * A feature runs local programs.
   * @param supervise called for each provider that declares a process; it attaches what runs the process
   */
  superviseBy(supervise: (upstream: Upstream) => void): void;
}

/** Looks at the lists of models that providers have. */
export interface ModelLists {
  readonly look: (upstream: Upstream) => Promise<void>;
  /** Looks at those that were not looked at just now. */
  readonly lookAgain: () => Promise<void>;
  /** Looks at what providers with a map of their models say of them, now that this is wanted. */
  readonly lookAtMapped: () => Promise<void>;
  /** What a provider answered to a `GET` of its list. */
  readonly saw: (upstream: Upstream, answer: { readonly status: number; readonly body: Buffer }) => void;
}

/** A strategy that could not pick, or not learn, and the one that does it instead. */
export interface StrategyFailure {
  readonly model: string;
  readonly use: string;
  readonly standby: string;
  readonly message: string;
  /** when it failed last, ms since 1970 */
  readonly at: number;
  readonly count: number;
}

/** The running gateway, as plugins see it. */
import type { Archive } from './trace.ts';
import type { Call } from './call.ts';
import type { OpenFormats } from './dialect.ts';
import type { Candidates, Context, Route, Sink } from './request.ts';
import type { Settings } from './settings.ts';
import type { Target } from './target.ts';
import type { DeadlineTimer, Timeouts } from './timeouts.ts';
import type { CountingTransport, OutboundProxies, Transport } from './transport.ts';
import type { Upstream, Upstreams } from './upstream.ts';

export interface Gateway {
  /** what is in force: the config, and what was changed since */
  readonly settings: Settings;
  /** all providers, with their targets and processes */
  readonly upstreams: Upstreams;
  /** the models, and the targets that their names lead to */
  readonly models: Models;
  /** dialects, translations, and the pool that converts long bodies */
  readonly formats: OpenFormats;
  /** sends requests to upstreams */
  readonly transport: CountingTransport;
  /** the proxies that the environment names for upstreams */
  readonly proxies: OutboundProxies;
  /** one timer for all deadlines */
  readonly clock: DeadlineTimer;
  /** where ended requests are kept longer than in memory */
  readonly archive: Slot<Archive>;
  /** keys of callers that are not in the config */
  readonly access: Slot<Access>;
  /** what looks at requests and changes them, where anything does */
  readonly hooks: Slot<Hooks>;
  /** The gateway is stopping: it takes no further requests. */
  readonly closing: boolean;
  /** Callers' keys are no keys of this gateway: one may go on to a provider that has none. */
  readonly acceptsCallersKey: boolean;
  /** The deadlines of one attempt; without a target, those of waiting for one. */
  timeouts(route: Pick<Route, 'timeouts'>, target: Target | undefined, stream: boolean): Timeouts;
  /**
   * Answers one request, from its context to its last byte: picks a target, tries, and tries elsewhere for as long as
   * the client has seen nothing. It never rejects: the client is told what went wrong, and the trace has it.
   * @param by over that transport, without a hedge; with `isOnce` by one attempt, of which plugins are not told
   */
  answer(context: Context, sink: Sink, by?: { transport: Transport; isOnce?: boolean }): Promise<void>;
}

/** Whether callers have to send a key beside those of the config, and why limits are not exact now, if they are not. */
export interface Access {
  readonly asksForKey: boolean;
  readonly limitsProblem?: string | undefined;
}

/** What features do to requests before they are routed, and to the texts of their answers. */
export interface Hooks {
  /** how often each has done what, by its name */
  readonly counts: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** @throws why the request is refused, also as a rejection */
  apply(context: Context, sink: Sink): Hooked | Promise<Hooked>;
  /** Finds a kept answer, or keeps the one to come; absent: none is kept. */
  readonly keep?: (context: Context, sink: Sink) => Promise<{ context: Context; sink: Sink }>;
}

export type Hooked = { readonly call: Call; readonly sink: Sink };

/** A place for what one feature does for the others: empty until that feature provides it. */
export interface Slot<Service> {
  readonly current: Service | undefined;
  /** @param service undefined: the place is empty again */
  provide(service: Service | undefined): void;
}

/** The models that there are, and what their names lead to. */
export interface Models extends Candidates {
  /** what keeps the lists of models */
  readonly lists: Slot<ModelLists>;
  /** strategies that could not pick lately */
  readonly strategyFailures: { list(): StrategyFailure[] };
  /**
   * The way of a request for a model through one API.
   * @param pin only this provider
   * @throws GatewayError `model_not_found`, `provider_not_found`, `surface_not_found`
   */
  route(model: string, surface: string, pin?: string): Route;
  /** Targets that have an API, for a request that names no model. @throws GatewayError as `route` does */
  targets(surface: string, pin?: string): readonly Target[];
  /** What providers have was learned again: routes are resolved again at their next request. */
  forget(): void;
  /** No target is known for a name: model lists are fetched and local ports checked again. */
  refresh(): Promise<void>;
}

/** Fetches the lists of models that providers have. */
export interface ModelLists {
  readonly fetch: (upstream: Upstream) => Promise<void>;
  /** Fetches the lists that were not fetched just now. */
  readonly refresh: () => Promise<void>;
  /** Fetches the details of models from providers that the config gives a map of models. */
  readonly fetchMapped: () => Promise<void>;
  /** What a provider answered to a `GET` of its list. */
  readonly take: (upstream: Upstream, answer: { readonly status: number; readonly body: Buffer }) => void;
}

/** A strategy that could not pick, or not learn, and the one that does it instead. */
export interface StrategyFailure {
  readonly model: string;
  readonly use: string;
  readonly standby: string;
  readonly message: string;
  /** when it failed last, ms since 1970 */
  readonly atEpochMs: number;
  readonly count: number;
}

import { Upstream, type Listeners, type MakeLimit } from './upstream.ts';
import { Upstreams } from './upstreams.ts';
import { RetryBudgets } from '../core/dispatch/retry-budgets.ts';
import { DeadlineTimer } from './deadline-timer.ts';
import type * as contract from '../core/contracts/index.ts';
import type {
  Access,
  Archive,
  Attempt,
  Context,
  CountingTransport,
  GatewayConfig,
  Hooks,
  Host,
  ManagedProcess,
  OutboundProxies,
  Provider,
  Route,
  Settings,
  Sink,
  Target,
  Timeouts,
  Transport,
} from '../core/contracts/index.ts';
import { dispatch, type DispatchDeps } from '../core/dispatch/dispatch.ts';
import { hedgeFrom } from '../core/dispatch/hedge.ts';
import { Events } from '../core/events/events.ts';
import { Models, type ModelsDeps } from './models.ts';
import { retire } from './retire.ts';
import { Slot } from './slot.ts';
import { FormatRegistry } from '../core/translation/format-registry.ts';
import { timeoutsFor } from './timeouts.ts';
import { unpacking } from '../wire/encoding/unpacking.ts';

/** Retries a second that each route has however quiet it is. */
const FLOOR = 10;

export interface GatewayParts<S extends Settings>
  extends Pick<Host, 'now' | 'date' | 'random'>, Pick<ModelsDeps, 'makeStrategy' | 'strategyFailures'> {
  readonly settings: S;
  readonly transport: CountingTransport;
  readonly proxies: OutboundProxies;
  /** absent: it has one thread */
  readonly part?: ThreadPart | undefined;
}

/** What a gateway of several threads does otherwise in each of them. */
export interface ThreadPart {
  readonly threads: number;
  readonly makeLimit: MakeLimit;
  /** Throws where this thread cannot answer by that route. */
  readonly mustServe?: (route: Route, surface: string) => void;
}

/** What each request needs of the gateway: all providers with their targets, and the ways to them. */
export class Gateway<S extends Settings = Settings> implements contract.Gateway, DispatchDeps {
  readonly upstreams = new Upstreams();
  readonly formats = new FormatRegistry();
  readonly events = new Events();
  readonly proxies: OutboundProxies;
  readonly transport: CountingTransport;
  readonly clock = new DeadlineTimer();
  readonly settings: S;
  readonly models: Models;
  limits: GatewayConfig['limits'];
  readonly now: () => number;
  readonly date: () => number;
  readonly random: () => number;
  /** The gateway closes: what runs out of time now does so for that reason. */
  closing = false;
  readonly archive = new Slot<Archive>();
  readonly access = new Slot<Access>();
  readonly hooks = new Slot<Hooks>();
  readonly #part: ThreadPart | undefined;
  budgets: RetryBudgets;
  hedge: DispatchDeps['hedge'];
  #inForce: Pick<GatewayConfig, 'retry' | 'hedge'>;
  /** providers that the config has no more, until their answers have ended */
  readonly #retiring = new Set<contract.Upstream>();
  readonly #timeouts = new WeakMap<
    Pick<Route, 'timeouts'>,
    Map<Target | undefined, [whole: Timeouts, stream: Timeouts]>
  >();

  constructor({ now, date, random, transport, proxies, part, ...parts }: GatewayParts<S>) {
    const { settings } = parts;
    this.#part = part;
    const { config } = settings;
    this.settings = settings;
    this.proxies = proxies;
    this.transport = unpacking(transport);
    this.now = now;
    this.date = date;
    this.random = random;
    this.limits = config.limits;
    this.#inForce = { retry: config.retry, hedge: config.hedge };
    this.budgets = this.#budgets(config);
    this.hedge = hedgeFrom(config.hedge, this.now);
    this.models = new Models({ upstreams: this.upstreams, formats: this.formats, part, ...parts });
  }

  /** Callers' keys are no keys of this gateway's: one may go on to a provider that has none. */
  get acceptsCallersKey(): boolean {
    const { apiKeys, adminKeys } = this.settings.config.server;
    return apiKeys.length + adminKeys.length === 0 && this.access.current?.asksForKey !== true;
  }

  get retry(): GatewayConfig['retry'] {
    return this.settings.config.retry;
  }

  add(provider: Provider, aliases?: readonly string[], isChosen?: boolean): Upstream {
    const { providerState, providerProgress } = this.events;
    const listeners: Listeners = {
      dropped: (name) => this.models.drop(name),
      changed: (change) => {
        // Requests reach a dormant provider only while its process is up.
        if (provider.dormant) this.models.forget();
        providerState.emit(provider.name, change);
      },
      progressed: (step) => providerProgress.emit(provider.name, step),
    };
    const upstream = new Upstream(provider, aliases, isChosen, listeners, this.#part?.makeLimit);
    this.upstreams.add(upstream);
    return upstream;
  }

  /** No new request is routed to it; the answers that run end first. The caller adds what takes its name. */
  async retire(upstream: contract.Upstream, reason: string): Promise<void> {
    const { name } = upstream.provider;
    if (this.upstreams.get(name) === upstream) this.upstreams.delete(name);
    this.models.forget();
    this.#retiring.add(upstream);
    await retire(upstream, reason).finally(() => this.#retiring.delete(upstream));
  }

  /** Starts the processes that start with the gateway, the last resort's among them when there is no other provider. */
  begin(): void {
    const asked = this.upstreams.asked();
    for (const { provider, process } of this.upstreams.values()) {
      const wanted =
        provider.process?.start === 'boot' ||
        (provider.lastResort && asked.some((upstream) => upstream.provider === provider));
      if (wanted) process?.start('the gateway starts').catch(() => undefined);
    }
  }

  /** Ends the requests that still run; each client gets the reason in its own protocol. */
  endAll(): void {
    this.closing = true;
    this.clock.hurry();
  }

  lacksSurface = ({ target, message = 'it refused' }: Attempt, surface: string): void => {
    target.missing.learn(surface, message);
    this.models.forget();
  };

  process = (target: Target): ManagedProcess | undefined => this.upstreams.get(target.provider.name)?.process;

  /** The timeouts of one attempt; without a target, those of waiting for one. */
  timeouts = (route: Pick<Route, 'timeouts'>, target: Target | undefined, stream: boolean): Timeouts => {
    let known = this.#timeouts.get(route);
    if (!known) this.#timeouts.set(route, (known = new Map()));
    let pair = known.get(target);
    if (!pair) {
      const nearestFirst = [route.timeouts, target?.provider.timeouts ?? {}, this.settings.config.timeouts];
      known.set(target, (pair = [timeoutsFor(false, ...nearestFirst), timeoutsFor(true, ...nearestFirst)]));
    }
    return pair[stream ? 1 : 0];
  };

  route = (model: string, surface: string, pin?: string): Route => this.models.route(model, surface, pin);

  /** What holds has changed: from the next request on it does. Requests under way keep what they have. */
  settingsChanged(): void {
    const { config } = this.settings;
    const { retry, hedge } = this.#inForce;
    this.limits = config.limits;
    this.#inForce = { retry: config.retry, hedge: config.hedge };
    // What was saved up is lost only where the rules for it are others.
    if (config.retry.budget !== retry.budget) this.budgets = this.#budgets(config);
    if (JSON.stringify(config.hedge) !== JSON.stringify(hedge))
      this.hedge = hedgeFrom(config.hedge, this.now);
    this.models.forget();
    this.models.strategyFailures.clear();
    this.events.config.emit(this.settings.changes.length, undefined);
  }

  answer(context: Context, sink: Sink, by?: { transport: Transport; isOnce?: boolean }): Promise<void> {
    return dispatch(context, sink, by ? this.#over(by.transport, by.isOnce === true) : this);
  }

  /** @param isOnce one attempt: plugins are told of its end, and it counts against no target */
  #over(transport: Transport, isOnce: boolean): DispatchDeps {
    const isClosing = (): boolean => this.closing;
    const { request, send, attempt } = isOnce ? new Events() : this.events;
    return {
      ...this,
      get closing() {
        return isClosing();
      },
      transport,
      events: { request, send, attempt, end: this.events.end },
      hedge: undefined,
      retry: isOnce ? { ...this.retry, attempts: 1 } : this.retry,
    };
  }

  #budgets({ retry }: GatewayConfig): RetryBudgets {
    const floor = FLOOR / (this.#part?.threads ?? 1);
    return new RetryBudgets({ share: retry.budget, floor, now: this.now });
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.upstreams.values(), ...this.#retiring].map(async ({ provider, process }) => {
        await process?.close();
        await provider.close?.();
      }),
    );
    await this.transport.close();
    this.models.forget();
  }
}

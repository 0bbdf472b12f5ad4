import { Berth } from './berth.ts';
import { Budget } from './budget.ts';
import { translationFor, hasSurface } from './call.ts';
import { Clock } from './clock.ts';
import type {
  Dialect,
  HouseConfig,
  ModelConfig,
  Provider,
  Route,
  Strategy,
  Target,
  Timeouts,
  Translation,
} from './contracts.ts';
import type { Dispatching } from './dispatch.ts';
import { GatewayError } from './errors.ts';
import { fallbacksOf } from './fallback.ts';
import { Overrides, type Written } from './overrides.ts';
import type { Supervised } from './supervisor/supervised.ts';
import { timeoutsFor } from './timeouts.ts';
import type { Transport } from './transport.ts';
import { openTransport } from './transports.ts';

/** Routes made for names in requests are remembered, but only so many of them. */
const REMEMBERED = 1_000;

export interface MakeStrategy {
  /** as it stands in the config, which has been checked */
  readonly fromConfig: (chosen: { readonly use: string } & Record<string, unknown>) => Strategy;
  /** as somebody has written it since */
  readonly fromOverride: (chosen: Written) => Strategy;
}

/** All providers with their targets, and the way from a model's name to those that can answer for it. */
export class Yard implements Dispatching {
  readonly berths = new Map<string, Berth>();
  readonly wires = { dialects: new Map<string, Dialect>(), translations: [] as Translation[] };
  readonly transport: Transport;
  readonly clock = new Clock();
  readonly budget: Budget;
  /** what holds instead of the config until it is taken back */
  readonly overrides: Overrides;
  readonly retry: HouseConfig['retry'];
  readonly limits: HouseConfig['limits'];
  readonly now: () => number;
  readonly random: () => number;
  /** Callers' keys are no keys of this house's: one may go on to a provider that has none. */
  readonly acceptsCallersKey: boolean;
  /** The house closes: what runs out of time now does so for that reason. */
  closing = false;
  readonly #config: HouseConfig;
  readonly #makeStrategy: MakeStrategy;
  /** by surface (and pin), then by model */
  readonly #routes = new Map<string, Map<string, Route>>();
  readonly #timeouts = new WeakMap<Route, Map<Target | undefined, [whole: Timeouts, stream: Timeouts]>>();

  constructor(config: HouseConfig, makeStrategy: MakeStrategy, now: () => number, random = Math.random) {
    this.#config = config;
    this.transport = openTransport(config.transport);
    this.#makeStrategy = makeStrategy;
    this.now = now;
    this.random = random;
    this.acceptsCallersKey = config.server.apiKeys.length === 0;
    this.retry = config.retry;
    this.limits = config.limits;
    this.budget = new Budget(config.retry.budget);
    this.overrides = new Overrides(config.home);
  }

  add(provider: Provider, aliases?: readonly string[]): Berth {
    const berth = new Berth(provider, aliases);
    this.berths.set(provider.name, berth);
    return berth;
  }

  /** Starts the processes that start with the house, the last resort's among them when there is nobody else. */
  begin(): void {
    const asked = this.#asked();
    for (const { provider, process } of this.berths.values()) {
      const wanted =
        provider.process?.start === 'boot' ||
        (provider.lastResort && asked.some((berth) => berth.provider === provider));
      if (wanted) process?.start('the gateway starts').catch(() => undefined);
    }
  }

  /** What still runs is told that the house closes, each in its own protocol. */
  endAll(): void {
    this.closing = true;
    this.clock.hurry();
  }

  /** What a provider has was learned anew: names lead elsewhere from now on. */
  forget(): void {
    for (const routes of this.#routes.values())
      for (const { strategy } of routes.values()) strategy.close?.();
    this.#routes.clear();
  }

  process = (target: Target): Supervised | undefined => this.berths.get(target.provider.name)?.process;

  /** The clocks of one attempt; without a target, those of waiting for one. */
  timeouts = (route: Route, target: Target | undefined, stream: boolean): Timeouts => {
    let known = this.#timeouts.get(route);
    if (!known) this.#timeouts.set(route, (known = new Map()));
    let pair = known.get(target);
    if (!pair) {
      const nearestFirst = [route.timeouts, target?.provider.timeouts ?? {}, this.#config.timeouts];
      known.set(target, (pair = [timeoutsFor(false, ...nearestFirst), timeoutsFor(true, ...nearestFirst)]));
    }
    return pair[stream ? 1 : 0];
  };

  /**
   * Who can answer for a model's name through one API.
   * @param pin only this provider
   * @throws GatewayError `model_not_found`, `provider_not_found`, `surface_not_found`
   */
  route(model: string, surface: string, pin?: string): Route {
    // A pin counts in one spelling only: no more is remembered than there is.
    const key = pin === undefined ? surface : `${surface} at ${this.berth(pin).provider.name}`;
    let routes = this.#routes.get(key);
    const remembered = routes?.get(model);
    if (remembered) return remembered;
    const route = this.#resolve(model, surface, pin);
    if (!routes) this.#routes.set(key, (routes = new Map()));
    if (routes.size >= REMEMBERED) {
      const [oldest, { strategy }] = routes.entries().next().value as [string, Route];
      routes.delete(oldest);
      strategy.close?.();
    }
    routes.set(model, route);
    return route;
  }

  /**
   * Who has an API, for a request that names no model and needs no strategy. Nothing is remembered: any path may ask.
   * @throws GatewayError as `route` does
   */
  targets(surface: string, pin?: string): readonly Target[] {
    return this.#targets('', surface, pin, undefined);
  }

  #targets(
    model: string,
    surface: string,
    pin: string | undefined,
    configured: ModelConfig | undefined,
  ): readonly Target[] {
    const named = pin === undefined ? this.#named(model, configured) : this.#pinned(pin, model);
    const targets = this.#able(named, surface);
    if (targets.length === 0) throw this.#nobody(model, surface);
    return targets;
  }

  #resolve(model: string, surface: string, pin: string | undefined): Route {
    const configured = Object.hasOwn(this.#config.models, model) ? this.#config.models[model] : undefined;
    const targets = this.#targets(model, surface, pin, configured);
    return {
      name: configured ? model : '*',
      targets,
      ...this.#strategy(model, configured),
      timeouts: configured?.timeouts ?? {},
      ...(pin === undefined ? fallbacksOf(configured) : { pinned: pin }),
    };
  }

  /** The nearest word counts: the model's before the house's, and of either what was said last. */
  #strategy(model: string, configured: ModelConfig | undefined): Pick<Route, 'strategy' | 'strategyName'> {
    const { overrides } = this;
    const written = overrides.strategy(model) ?? (configured?.strategy ? undefined : overrides.strategy());
    if (written) return { strategyName: written.use, strategy: this.#makeStrategy.fromOverride(written) };
    const chosen = configured?.strategy ?? this.#config.strategy;
    return { strategyName: chosen.use, strategy: this.#makeStrategy.fromConfig(chosen) };
  }

  /**
   * Another strategy from the next request on, for a model or for all that name none; undefined: the config's own.
   * Requests under way keep the one they have, and it is remembered over restarts.
   */
  async override(strategy: Written | undefined, model?: string): Promise<void> {
    await this.overrides.set(strategy, model);
    this.forget();
  }

  /** By the config's word, else by who is known to have that name, else by whoever may. */
  #named(model: string, configured: ModelConfig | undefined): Target[] {
    if (configured) return configured.targets.map((one) => this.#configured(model, one));
    const berths = this.#asked();
    const known = berths.map((berth) => berth.knows(model)).filter((target) => target !== undefined);
    if (known.length > 0) return known;
    const lastResort = this.#lastResort()
      .map((berth) => berth.knows(model))
      .filter((target) => target !== undefined);
    if (lastResort.length > 0) return lastResort;
    const open = berths.filter(({ provider, listed }) => !provider.models && !listed);
    const guessed = this.#config.unknownModels === 'reject' && model !== '' ? open : berths;
    return guessed.map((berth) => berth.guess()).filter((target) => target !== undefined);
  }

  #configured(
    model: string,
    { provider, model: own, weight, priority }: ModelConfig['targets'][number],
  ): Target {
    const berth = this.berth(provider);
    const target =
      own === undefined
        ? (berth.knows(model) ?? berth.target(model))
        : berth.target(berth.provider.models?.[own] ?? own);
    return weight === undefined && priority === undefined ? target : target.as({ weight, priority });
  }

  #pinned(pin: string, model: string): Target[] {
    const berth = this.berth(pin);
    const target = berth.knows(model) ?? berth.guess();
    return target ? [target] : [];
  }

  /** @throws GatewayError `provider_not_found` */
  berth(name: string): Berth {
    const wanted = plain(name);
    const all = [...this.berths.values()];
    const berth =
      this.berths.get(name) ??
      all.find(({ provider }) => plain(provider.name) === wanted) ??
      all.find(({ aliases }) => aliases.some((alias) => plain(alias) === wanted));
    if (berth) return berth;
    const names = [...this.berths.keys()].join(', ');
    throw new GatewayError('provider_not_found', `there is no provider '${name}'; there are: ${names}`, {
      param: 'provider',
    });
  }

  /** Those who are asked for names nobody is known to have: last resorts only when there is nobody else. */
  #asked(): Berth[] {
    const others = [...this.berths.values()].filter(
      ({ provider, dormant }) => !provider.lastResort && !dormant,
    );
    return others.length > 0 ? others : this.#lastResort();
  }

  #lastResort(): Berth[] {
    return [...this.berths.values()].filter(({ provider }) => provider.lastResort);
  }

  /** Who has that API; who only has one it can be translated to, when nobody has it. */
  #able(targets: readonly Target[], surface: string): Target[] {
    const native = targets.filter((target) => hasSurface(target, surface));
    return native.length > 0
      ? native
      : targets.filter((target) => translationFor(target, surface, this.wires));
  }

  #nobody(model: string, surface: string): GatewayError {
    const names = [...new Set([...Object.keys(this.#config.models), ...this.modelNames().keys()])];
    const known = names.includes(model);
    if (known || this.#config.unknownModels === 'route') {
      return new GatewayError(
        'surface_not_found',
        `no provider offers ${surface}${model === '' ? '' : ` for the model '${model}'`}; add one whose 'surfaces' has it`,
        { param: 'model' },
      );
    }
    const some = names.slice(0, 20).join(', ');
    return new GatewayError(
      'model_not_found',
      `the model '${model}' does not exist here; there are: ${some}${names.length > 20 ? ', …' : ''}`,
      { param: 'model' },
    );
  }

  /** Every public name with who owns it: routes of the config first, then what providers are known to have. */
  modelNames(): Map<string, string> {
    const names = new Map<string, string>();
    for (const [name, { targets }] of Object.entries(this.#config.models))
      names.set(name, targets[0]?.provider ?? 'switchyard');
    for (const berth of this.#asked()) {
      for (const name of berth.publicNames) if (!names.has(name)) names.set(name, berth.provider.name);
    }
    return names;
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.berths.values()].map(async ({ provider, process }) => {
        await process?.close();
        await provider.close?.();
      }),
    );
    await this.transport.close();
    this.forget();
  }
}

/** Names match without regard to case, hyphens and underscores alike. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

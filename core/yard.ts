import type { Answer } from './ask.ts';
import { Berth } from './berth.ts';
import { Berths } from './berths.ts';
import { Budgets } from './budgets.ts';
import type { Wires } from './call.ts';
import { Candidates } from './candidates.ts';
import { changesOf } from './changes.ts';
import { Clock } from './clock.ts';
import type { Loaded } from './config/check.ts';
import type {
  Archive,
  Attempt,
  Dialect,
  Heavy,
  Host,
  HouseConfig,
  Provider,
  Route,
  Target,
  Timeouts,
  Translation,
} from './contracts.ts';
import type { Dispatching } from './dispatch.ts';
import { hedgeFrom } from './hedge.ts';
import type { Overriding } from './overriding.ts';
import { Proxies } from './proxies.ts';
import { Routes, type MakeStrategy } from './routes.ts';
import { configChannel, type Settings } from './settings.ts';
import type { StrategyFailures } from './strategy-failures.ts';
import type { Supervised } from './supervisor/supervised.ts';
import { timeoutsFor } from './timeouts.ts';
import type { CountingTransport } from './transport.ts';
import { openTransport } from './transports.ts';

interface YardWires extends Wires {
  readonly dialects: Map<string, Dialect>;
  readonly translations: Translation[];
  /** URLs of modules that export `dialects` and `translations`, for other threads */
  readonly modules: string[];
  heavy: Heavy | undefined;
}

/** Who looks at the lists of models that providers have. */
export interface ModelLists {
  readonly look: (berth: Berth) => Promise<void>;
  /** Looks at those that were not looked at just now. */
  readonly lookAgain: () => Promise<void>;
  /** Looks at what those with a map of their models say of them, now that somebody wants to know. */
  readonly lookAtMapped: () => Promise<void>;
  /** What a provider answered to a `GET` of its list, whoever asked. */
  readonly saw: (berth: Berth, answer: Answer) => void;
}

/** Retries a second that each route has however quiet it is. */
const FLOOR = 10;

/** What each request needs of the house: all providers with their targets, and the ways to them. */
export class Yard implements Dispatching {
  readonly berths = new Berths();
  readonly wires: YardWires = { dialects: new Map(), translations: [], modules: [], heavy: undefined };
  readonly proxies: Proxies;
  readonly transport: CountingTransport;
  readonly clock = new Clock();
  readonly settings: Settings;
  readonly candidates: Candidates;
  readonly makeStrategy: MakeStrategy;
  readonly limits: HouseConfig['limits'];
  readonly now: () => number;
  readonly date: () => number;
  readonly random: () => number;
  /** Callers' keys are no keys of this house's: one may go on to a provider that has none. */
  readonly acceptsCallersKey: boolean;
  /** The house closes: what runs out of time now does so for that reason. */
  closing = false;
  /** where ended requests are kept longer than memory keeps them */
  archive: Archive | undefined;
  lists: ModelLists | undefined;
  /** undefined: nothing is looked for */
  discovery: { readonly look: () => Promise<void> } | undefined;
  budgets: Budgets;
  hedge: Dispatching['hedge'];
  readonly #routes: Routes;
  readonly #timeouts = new WeakMap<Route, Map<Target | undefined, [whole: Timeouts, stream: Timeouts]>>();

  constructor(
    settings: Settings,
    makeStrategy: MakeStrategy,
    { now, date, random }: Pick<Host, 'now' | 'date' | 'random'>,
  ) {
    const { config } = settings;
    this.settings = settings;
    this.makeStrategy = makeStrategy;
    this.proxies = new Proxies(settings.loaded.env);
    this.transport = openTransport(config.transport, this.proxies);
    this.now = now;
    this.date = date;
    this.random = random;
    this.acceptsCallersKey = config.server.apiKeys.length + config.server.adminKeys.length === 0;
    this.limits = config.limits;
    this.budgets = this.#budgets(config);
    this.hedge = hedgeFrom(config.hedge, this.now);
    this.candidates = new Candidates(this.berths, this.wires, settings);
    this.#routes = new Routes(this.candidates, settings, makeStrategy, { now, date });
  }

  get retry(): HouseConfig['retry'] {
    return this.settings.config.retry;
  }

  add(provider: Provider, aliases?: readonly string[], isChosen?: boolean): Berth {
    const berth = new Berth(provider, aliases, isChosen, (name) => this.#routes.drop(name));
    this.berths.set(provider.name, berth);
    return berth;
  }

  /** Starts the processes that start with the house, the last resort's among them when there is nobody else. */
  begin(): void {
    const asked = this.berths.asked();
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
    this.#routes.forget();
  }

  /** Strategies that could not pick, and what picked instead. */
  get strategyFailures(): StrategyFailures {
    return this.#routes.failures;
  }

  lacksSurface = ({ target, message = 'it refused' }: Attempt, surface: string): void => {
    target.missing.learn(surface, message);
    this.forget();
  };

  process = (target: Target): Supervised | undefined => this.berths.get(target.provider.name)?.process;

  /** The clocks of one attempt; without a target, those of waiting for one. */
  timeouts = (route: Route, target: Target | undefined, stream: boolean): Timeouts => {
    let known = this.#timeouts.get(route);
    if (!known) this.#timeouts.set(route, (known = new Map()));
    let pair = known.get(target);
    if (!pair) {
      const nearestFirst = [route.timeouts, target?.provider.timeouts ?? {}, this.settings.config.timeouts];
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
    return this.#routes.route(model, surface, pin === undefined ? pin : this.berth(pin).provider.name);
  }

  /**
   * Who has an API, for a request that names no model and needs no strategy. Nothing is remembered: any path may ask.
   * @throws GatewayError as `route` does
   */
  targets(surface: string, pin?: string): readonly Target[] {
    return this.candidates.through(surface, '', pin);
  }

  /** Nobody is known to have a name: who has come, or has it since, is looked for. */
  async lookAgain(): Promise<void> {
    await Promise.all([this.discovery?.look(), this.lists?.lookAgain()]);
  }

  /** @throws GatewayError `provider_not_found` */
  berth(name: string): Berth {
    return this.berths.named(name);
  }

  /** Every public name with who owns it: routes of the config first, then what providers are known to have. */
  modelNames(): Map<string, string> {
    return this.candidates.names();
  }

  /**
   * Says something else instead of the config's word, from the next request on and over restarts. Requests under way
   * keep what they have.
   */
  async override(change: (value: Overriding) => Overriding | Promise<Overriding>): Promise<void> {
    await this.settings.overrides.change(change);
    this.#changed();
  }

  /** Another reading of the config holds from the next request on, as far as it can while the house runs. */
  adopt(next: Loaded): void {
    const { retry, hedge } = this.settings.config;
    this.settings.adopt(next);
    const { config } = this.settings;
    // What was saved up is lost only where the rules for it are others.
    if (config.retry.budget !== retry.budget) this.budgets = this.#budgets(config);
    if (JSON.stringify(config.hedge) !== JSON.stringify(hedge))
      this.hedge = hedgeFrom(config.hedge, this.now);
    this.#changed();
  }

  #budgets({ retry }: HouseConfig): Budgets {
    return new Budgets({ share: retry.budget, floor: FLOOR, now: this.now });
  }

  #changed(): void {
    this.forget();
    this.strategyFailures.clear();
    configChannel.publish({ changes: changesOf(this.settings).length, house: this });
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

import type { Candidates } from './candidates.ts';
import type { GatewayConfig, Route, Settings, Strategy } from '../contracts/index.ts';

/** the most routes that are remembered for one API: their names come from requests */
const REMEMBERED = 1_000;

/** Makes the strategy of a route, which never throws. @param route the name of the route, for messages */
export type MakeStrategy = (chosen: GatewayConfig['strategy'], route: string) => Strategy;

/** Routes by model name, remembered until something changes. */
export class Routes {
  readonly #candidates: Candidates;
  readonly #settings: Settings;
  readonly #make: MakeStrategy;
  /** by surface (and pin), then by model */
  readonly #routes = new Map<string, Map<string, Route>>();

  constructor(candidates: Candidates, settings: Settings, make: MakeStrategy) {
    this.#candidates = candidates;
    this.#settings = settings;
    this.#make = make;
  }

  /** @param pin only this provider, by its exact name */
  route(model: string, surface: string, pin: string | undefined): Route {
    // A pin counts in one spelling only: no more routes are remembered than there are providers.
    const key = pin === undefined ? surface : `${surface} at ${pin}`;
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

  /** One of the names is resolved again at its next request. */
  drop(model: string): void {
    for (const routes of this.#routes.values()) {
      const route = routes.get(model);
      routes.delete(model);
      route?.strategy.close?.();
    }
  }

  forget(): void {
    for (const routes of this.#routes.values())
      for (const { strategy } of routes.values()) strategy.close?.();
    this.#routes.clear();
  }

  #resolve(model: string, surface: string, pin: string | undefined): Route {
    const configured = this.#settings.model(model);
    const name = configured ? model : '*';
    const { strategy } = this.#settings.strategy(model);
    return {
      name,
      ...this.#candidates.through(surface, model, pin),
      strategyName: strategy.use,
      strategy: this.#make(strategy, name),
      timeouts: configured?.timeouts ?? {},
      untranslatable: configured?.untranslatable,
      rules: configured?.rules,
      // A pin names the provider that is to answer: only a route without one falls back.
      ...(pin === undefined
        ? { fallbacks: configured?.fallbacks, contextFallbacks: configured?.contextFallbacks }
        : { pinned: pin }),
    };
  }
}

import type { Context, Host, Route, Target } from '../../core/contracts/index.ts';
import { targetNames } from '../../kits/feature-kit/index.ts';
import { Hedges } from './hedges.ts';
import { KeyCounters } from './keys.ts';
import type { Family } from './page.ts';
import { RouteCounters, routeFamilies } from './routes.ts';
import { TargetCounters, targetFamilies } from './targets.ts';

/** Counters over ended requests, updated at next to no cost. */
export class Counters {
  readonly #routes = new Map<string, RouteCounters>();
  readonly #targets = new Map<string, TargetCounters>();
  readonly #hedges = new Hedges();
  readonly #keys = new KeyCounters();
  /** A route belongs to one API: looked up once and cached. */
  readonly #known = new WeakMap<Route, RouteCounters>();

  readonly #numbersOf: (target: Target) => TargetCounters;

  constructor({ gateway }: Pick<Host, 'gateway'>) {
    const name = targetNames(gateway.settings);
    this.#numbersOf = (target) => this.#named(name(target), target.provider.name);
  }

  add({ route, trace }: Context): void {
    const numbers = this.#known.get(route) ?? this.#of(route, trace.surface);
    numbers.add(trace);
    this.#hedges.add(trace);
    this.#keys.add(trace);
    for (const attempt of trace.attempts) {
      const picks = numbers.picks(attempt.target, this.#numbersOf);
      picks.count++;
      picks.target.add(attempt, trace.stream);
      if (attempt.usage) picks.target.spent.add(attempt.usage);
    }
  }

  get families(): Family[] {
    return [
      ...routeFamilies(() => this.#routes.values()),
      ...targetFamilies(() => this.#targets.values()),
      this.#hedges.family,
      ...this.#keys.families,
    ];
  }

  #of(route: Route, surface: string): RouteCounters {
    const key = `${surface} ${route.name}`;
    let numbers = this.#routes.get(key);
    if (!numbers) this.#routes.set(key, (numbers = new RouteCounters(surface, route.name)));
    this.#known.set(route, numbers);
    return numbers;
  }

  #named(name: string, provider: string): TargetCounters {
    let numbers = this.#targets.get(name);
    if (!numbers) this.#targets.set(name, (numbers = new TargetCounters(name, provider)));
    return numbers;
  }
}

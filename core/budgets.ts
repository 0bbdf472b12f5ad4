import { Budget, type Bounds } from './budget.ts';
import type { Route } from './contracts.ts';

/** A budget for each route: one model's trouble costs no other its retries. */
export class Budgets {
  readonly #bounds: Bounds;
  readonly #budgets = new WeakMap<Route, Budget>();

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  of(route: Route): Budget {
    let budget = this.#budgets.get(route);
    if (!budget) this.#budgets.set(route, (budget = new Budget(this.#bounds)));
    return budget;
  }
}

import { RetryBudget, type Bounds } from './retry-budget.ts';
import type { Route } from '../contracts/index.ts';

/** A budget for each route: one model's trouble costs no other its retries. */
export class RetryBudgets {
  readonly #bounds: Bounds;
  readonly #budgets = new WeakMap<Route, RetryBudget>();

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  of(route: Route): RetryBudget {
    let budget = this.#budgets.get(route);
    if (!budget) this.#budgets.set(route, (budget = new RetryBudget(this.#bounds)));
    return budget;
  }
}

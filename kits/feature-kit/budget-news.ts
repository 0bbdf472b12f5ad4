import type { Gateway } from '../../core/contracts/index.ts';
import { Signal } from '../../core/events/events.ts';

/** A share of a budget is reached. */
export interface BudgetNews {
  /** of which budget, for people: `key app, this month` */
  readonly budget: string;
  /** of it: 50, 80 or 100 */
  readonly percent: number;
  readonly spent: number;
  readonly most: number;
  /** of which budget, and in which of its spans: the same at all gateways that count it together */
  readonly id: string;
  /** when it begins again, ms since 1970; null: never */
  readonly endsEpochMs: number | null;
}

const signals = new WeakMap<Gateway, Signal<BudgetNews>>();

/** The event that a budget has reached a share of its limit, for the features of the same gateway. */
export function budgetNews(gateway: Gateway): Signal<BudgetNews> {
  let signal = signals.get(gateway);
  if (!signal) signals.set(gateway, (signal = new Signal()));
  return signal;
}

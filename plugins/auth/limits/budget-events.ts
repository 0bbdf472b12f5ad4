import type { Gateway } from '../../../core/contracts/index.ts';
import { type BudgetNews, budgetNews } from '../../../kits/feature-kit/index.ts';

/** budgets that are remembered */
const MOST = 10_000;

/** Emits events of budgets to features, once for each share: several threads may find the same. */
export class BudgetEvents {
  readonly #gateway: Gateway;
  readonly #reported = new Map<string, number>();

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  emit(news: BudgetNews): void {
    if ((this.#reported.get(news.id) ?? 0) >= news.percent) return;
    if (this.#reported.size >= MOST) this.#reported.clear();
    this.#reported.set(news.id, news.percent);
    budgetNews(this.#gateway).emit(news, undefined);
  }
}

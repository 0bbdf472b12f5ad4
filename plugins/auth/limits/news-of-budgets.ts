import type { Gateway } from '../../../core/contracts/index.ts';
import { type BudgetNews, budgetNews } from '../../../kits/feature-kit/index.ts';

/** budgets that are remembered */
const MOST = 10_000;

/** Tells features of budgets. Several threads may find the same news: it is told once. */
export class NewsOfBudgets {
  readonly #gateway: Gateway;
  readonly #told = new Map<string, number>();

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  tell(news: BudgetNews): void {
    if ((this.#told.get(news.id) ?? 0) >= news.percent) return;
    if (this.#told.size >= MOST) this.#told.clear();
    this.#told.set(news.id, news.percent);
    budgetNews(this.#gateway).emit(news, undefined);
  }
}

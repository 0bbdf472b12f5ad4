import type { Gateway } from '../../../core/contracts/index.ts';
import { type BudgetNews, budgetNews } from '../../../kits/feature-kit/index.ts';

/** budgets that are remembered */
const MOST = 10_000;

/** Tells features of budgets. Several threads may find the same news: it is told once. */
export class NewsOfBudgets {
  readonly #gateway: Gateway;
  readonly #told = new Map<string, BudgetNews>();

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  tell(news: BudgetNews): void {
    const before = this.#told.get(news.budget);
    if (before?.endsEpochMs === news.endsEpochMs && before.percent >= news.percent) return;
    if (this.#told.size >= MOST) this.#told.clear();
    this.#told.set(news.budget, news);
    budgetNews(this.#gateway).emit(news, undefined);
  }
}

import type { Host } from '../../core/contracts/index.ts';
import type { BudgetNews, Threads } from '../../kits/feature-kit/index.ts';
import { sharedOf } from '../../kits/shared-kit/index.ts';
import { BudgetWatch } from './limits/budget-watch.ts';
import { TokenEstimate } from './limits/estimate.ts';
import { LimitSet } from './limits/limit-set.ts';
import { BudgetEvents } from './limits/budget-events.ts';
import { openCounters } from './limits/open-counters.ts';
import type { Meters } from './meter.ts';
import type { AuthOptions } from './options.ts';
import { PriceBook } from './prices/price-book.ts';
import { MainCounters } from './threads/main-counters.ts';
import type { UsageThread } from './threads/store-of-main.ts';
import { UsageRecorder } from './usage/recorder.ts';

interface Parts {
  readonly prices: AuthOptions['prices'];
  readonly thread: UsageThread;
  /** in any thread but the main one */
  readonly toMain: Threads | undefined;
  /** in the main thread, where there are others */
  readonly others: Threads | undefined;
}

/** Opens what counts requests, with counters of this gateway, of those that share a Redis, or of the main thread. */
export async function openMeters(
  { gateway, date, log }: Pick<Host, 'gateway' | 'date' | 'log'>,
  { prices, thread, toMain, others }: Parts,
): Promise<Meters> {
  const counters = toMain
    ? new MainCounters(toMain, date)
    : await openCounters(sharedOf(gateway).parts, date);
  const events = new BudgetEvents(gateway);
  others?.on('budget', (one: BudgetNews) => events.emit(one));
  return {
    date,
    counters,
    estimate: new TokenEstimate(),
    limits: new LimitSet(counters),
    budgets: new BudgetWatch((one) => (toMain ? toMain.tell('budget', one) : events.emit(one))),
    prices: new PriceBook(prices, { date, published: (...about) => thread.ask('price', ...about) }),
    usage: new UsageRecorder({
      store: thread,
      log,
      date,
      ...(others && { others: () => others.ask('writeUsage', undefined) }),
    }),
  };
}

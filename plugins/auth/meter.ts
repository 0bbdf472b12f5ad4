import type { Ticket, Work } from '../../core/contracts/index.ts';
import type { KeyActivity } from './key-activity.ts';
import type { BudgetWatch } from './limits/budget-watch.ts';
import type { CounterStore } from './limits/counter-store.ts';
import type { TokenEstimate } from './limits/estimate.ts';
import type { GroupBound } from './limits/limit-in-force.ts';
import type { LimitSet } from './limits/limit-set.ts';
import type { Limit } from './limits/limits.ts';
import type { Plan } from './limits/plan.ts';
import { refusal } from './limits/refusal.ts';
import { standingOf, type LimitStanding } from './limits/standing.ts';
import type { PriceBook } from './prices/price-book.ts';
import { RequestTicket, type Begun } from './request-ticket.ts';
import { UsageOfKey, type Holder, type UsageRecorder } from './usage/recorder.ts';

/** The parts of counting that all keys share. */
export interface Meters {
  readonly date: () => number;
  readonly estimate: TokenEstimate;
  readonly counters: CounterStore<GroupBound>;
  readonly limits: LimitSet;
  readonly prices: PriceBook;
  readonly budgets: BudgetWatch;
  readonly usage: UsageRecorder;
}

interface Counting {
  /** its own limit, beside those of many keys */
  readonly own?: Limit | undefined;
  readonly isRecorded?: boolean;
  /** A gateway that shares these limits has counted its requests: only limits that it cannot know count here. */
  readonly isCountedElsewhere?: boolean;
}

/** Counts what one key uses: holds it to its limits, and records its usage. */
export class Meter {
  readonly holder: Holder;
  readonly used: UsageOfKey;
  readonly meters: Meters;
  /** Its usage is recorded. */
  readonly isRecorded: boolean;
  readonly #own: Limit | undefined;
  readonly #isCountedElsewhere: boolean;
  #plan: Plan | undefined;
  #version = -1;

  constructor(
    holder: Holder,
    meters: Meters,
    { own, isRecorded = true, isCountedElsewhere = false }: Counting = {},
  ) {
    this.holder = holder;
    this.used = new UsageOfKey(holder);
    this.meters = meters;
    this.#own = own;
    this.isRecorded = isRecorded;
    this.#isCountedElsewhere = isCountedElsewhere;
  }

  /** the limits that hold for it */
  get plan(): Plan {
    const { limits } = this.meters;
    if (this.#plan && this.#version === limits.version) return this.#plan;
    this.#version = limits.version;
    return (this.#plan = limits.planFor(this.holder, this.#own, this.#isCountedElsewhere));
  }

  /** @param activity of the key, updated when the request ends @throws GatewayError `rate_limited` */
  begin(work: Work, activity?: KeyActivity): Ticket | Promise<Ticket> {
    const { plan } = this;
    const { date, estimate, counters } = this.meters;
    const now = date();
    const estimated = plan.countsTokens ? estimate.of(work.call) : undefined;
    const amounts = { requests: 1, tokens: estimated?.total ?? 0, dollars: 0, concurrency: 1 };
    const taken = plan.bounds.length === 0 ? undefined : counters.reserve(plan.bounds, amounts, now);
    const begun = { plan, work, amounts, estimated, atEpochMs: now, activity };
    return taken instanceof Promise
      ? taken.then((spent) => this.#ticket(begun, spent))
      : this.#ticket(begun, taken);
  }

  #ticket(begun: Begun, spent: GroupBound | undefined): Ticket {
    if (spent) throw refusal(spent, this.holder.key, begun.amounts, begun.atEpochMs);
    return new RequestTicket(this, begun);
  }

  /** how much of its limits is used, of those that count models or providers where it has used any */
  get standing(): LimitStanding[] {
    const now = this.meters.date();
    const { key, owner, labels } = this.holder;
    return this.plan.all.flatMap((limit) => {
      if (!limit.needsTarget) limit.groupsOf(this.holder);
      return [...limit.groups]
        .filter(
          ({ values }) =>
            (values.key ?? key) === key &&
            (values.owner ?? owner ?? '') === (owner ?? '') &&
            (values.label === undefined ||
              (labels.length === 0 ? values.label === '' : labels.includes(values.label))),
        )
        .flatMap(({ bounds, money }) => [...bounds, ...money].map((bound) => standingOf(bound, now)));
    });
  }
}

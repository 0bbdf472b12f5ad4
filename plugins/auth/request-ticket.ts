import type {
  AnswerHeaders,
  Attempt,
  Call,
  Target,
  Ticket,
  Trace,
  Usage,
  Work,
} from '../../core/contracts/index.ts';
import { isOfLimit } from '../../core/errors.ts';
import type { GroupBound } from './limits/limit-in-force.ts';
import { NANO, type Amounts } from './limits/limits.ts';
import type { Plan, TargetBounds } from './limits/plan.ts';
import { priceUnknown, refusal } from './limits/refusal.ts';
import { standingHeaders } from './limits/standing.ts';
import type { Meter } from './meter.ts';
import type { Use } from './usage/recorder.ts';
import { costOf, type Price } from './prices/price.ts';
import { tierOf } from './prices/tier-of.ts';

const NOTHING: Amounts = { requests: 0, tokens: 0, dollars: 0, concurrency: 0 };
const NONE: readonly never[] = [];

/** A request as it was counted when it came. */
interface Begun {
  readonly plan: Plan;
  readonly work: Work;
  readonly amounts: Amounts;
  readonly estimated: Usage | undefined;
  readonly atEpochMs: number;
  /** is called when it is over */
  readonly ended: (() => void) | undefined;
}

/** What was reserved for an attempt. */
interface Reserved {
  readonly target: Target;
  readonly bounds: readonly GroupBound[];
  readonly amounts: Amounts;
  readonly atEpochMs: number;
  /** attempts of the request that had ended before */
  readonly after: number;
}

/** One request while it runs: what it has reserved, and at its end what it has used. */
export class RequestTicket implements Ticket {
  readonly #meter: Meter;
  readonly #begun: Begun;
  /** what it may need; undefined: nothing has asked yet */
  #estimated: Usage | undefined;
  /** the name that a target was asked under last: a fallback has another */
  #asked: string;
  #reserved: readonly Reserved[] = NONE;
  #priced: { readonly target: Target; readonly price: Price | undefined } | undefined;
  /** bounds of requests that this one counts in: it does so once, whatever is tried for it */
  #counted: readonly GroupBound[] = NONE;

  constructor(meter: Meter, begun: Begun) {
    this.#meter = meter;
    this.#begun = begun;
    this.#estimated = begun.estimated;
    this.#asked = begun.work.call.model;
  }

  admit(target: Target, call: Call): Promise<void> | void {
    if (this.#asked !== call.model) this.#priced = undefined;
    this.#asked = call.model;
    if (this.#reserved.length > 0) this.#settleEnded();
    const found = this.#begun.plan.at(target, call.model);
    // What is not known yet may be known when it is answered.
    const price = this.#priceOf(target);
    if (found.bounds.length === 0) return;
    if (price instanceof Promise && found.countsMoney)
      return price.then((known) => this.#reserve(target, call, found, known));
    return this.#reserve(target, call, found, price instanceof Promise ? undefined : price);
  }

  addTo(headers: AnswerHeaders, target?: Target, usage?: Usage): void {
    const { date } = this.#meter.meters;
    const own = this.#begun.plan.bounds;
    const bounds = target ? this.#begun.plan.at(target, this.#asked).bounds : NONE;
    if (own.length + bounds.length > 0)
      standingHeaders(headers, bounds.length > 0 ? [...own, ...bounds] : own, date());
    if (!target || !usage || this.#begun.work.call.stream) return;
    const price = this.#priceOf(target);
    const isKnown = price !== undefined && !(price instanceof Promise);
    headers['x-switchyard-cost'] = isKnown ? plain(costOf(price, usage)) : 'unknown';
  }

  over(trace?: Trace): ReturnType<Ticket['over']> {
    const { counters, date, estimate, usage } = this.#meter.meters;
    const now = date();
    this.#begun.ended?.();
    for (const one of this.#reserved) this.#settle(one, trace && attemptFor(one, trace), now, !trace);
    this.#reserved = NONE;
    const isRefused = trace?.attempts.length === 0 && isOfLimit(trace.reason);
    const uses = trace ? usesOf(trace) : NONE;
    if (this.#begun.plan.bounds.length > 0) {
      const tokens = tokensOf(trace, uses) ?? this.#begun.amounts.tokens;
      const used = isRefused ? NOTHING : { requests: 1, tokens, dollars: 0, concurrency: 0 };
      counters.settle(this.#begun.plan.bounds, this.#begun.amounts, used, this.#begun.atEpochMs, now);
    }
    if (trace) estimate.learn(trace);
    const { holder, isRecorded } = this.#meter;
    const priced = this.#withCosts(uses);
    if (isRecorded && !isRefused) {
      const add = (all: readonly Use[]): void => usage.add(holder, this.#begun.work.call, trace, all, now);
      if (priced instanceof Promise) usage.wait(priced.then(add));
      else add(priced);
    }
    if (priced instanceof Promise || priced.length === 0) return undefined;
    return trace?.attempts.map((attempt) => priced.find((use) => use.attempt === attempt)?.cost);
  }

  #reserve(target: Target, call: Call, found: TargetBounds, price: Price | undefined): Promise<void> | void {
    const { counters, date, estimate, budgets } = this.#meter.meters;
    if (found.countsMoney && !price && found.refusesUnknown)
      throw priceUnknown(found.refusesUnknown, this.#meter.holder.key, target.id);
    const needed = found.countsTokens ? (this.#estimated ??= estimate.of(call)) : undefined;
    const amounts = {
      requests: 1,
      tokens: needed?.total ?? 0,
      dollars: price && needed ? costOf(price, needed) : 0,
      concurrency: 1,
    };
    const bounds = this.#uncounted(found.bounds);
    const now = date();
    const reserved = {
      target,
      bounds,
      amounts,
      atEpochMs: now,
      after: this.#begun.work.trace?.attempts.length ?? 0,
    };
    const took = (spent: GroupBound | undefined): void => {
      if (spent) {
        budgets.refused(spent, this.#meter.holder.key, now);
        throw refusal(spent, this.#meter.holder.key, amounts, now);
      }
      this.#counted = [...this.#counted, ...bounds.filter(({ counted }) => counted === 'requests')];
      this.#reserved = [...this.#reserved, reserved];
    };
    if (found.countsMoney) budgets.before(bounds, now);
    const taken = counters.reserve(bounds, amounts, now);
    return taken instanceof Promise ? taken.then(took) : took(taken);
  }

  #uncounted(bounds: readonly GroupBound[]): readonly GroupBound[] {
    if (this.#counted.length === 0) return bounds;
    return bounds.filter((bound) => !this.#counted.includes(bound));
  }

  /** What attempts that are over have not used is given back before the next one. */
  #settleEnded(): void {
    const { trace } = this.#begun.work;
    if (!trace) return;
    const now = this.#meter.meters.date();
    this.#reserved = this.#reserved.filter((one) => {
      const attempt = attemptFor(one, trace);
      if (attempt) this.#settle(one, attempt, now, true);
      return !attempt;
    });
  }

  /** @param wasSent without an attempt in the trace: whether it was made all the same */
  #settle(
    { bounds, amounts, atEpochMs }: Reserved,
    attempt: Attempt | undefined,
    now: number,
    wasSent: boolean,
  ): void {
    const { counters, budgets } = this.#meter.meters;
    const used = attempt ? this.#usedBy(attempt, amounts) : { ...NOTHING, requests: wasSent ? 1 : 0 };
    if (!attempt && !wasSent) this.#counted = this.#counted.filter((bound) => !bounds.includes(bound));
    counters.settle(bounds, amounts, used, atEpochMs, now);
    if (used.dollars > 0) budgets.spent(bounds, this.#meter.holder.key, now);
  }

  #usedBy(attempt: Attempt, { tokens, dollars }: Amounts): Amounts {
    const { target, outcome, usage } = attempt;
    if (!usage) return { ...NOTHING, requests: 1, ...(outcome === 'answered' && { tokens, dollars }) };
    const price = dollars === 0 ? undefined : this.#priceOf(target);
    const isKnown = price !== undefined && !(price instanceof Promise);
    return { requests: 1, tokens: usage.total, dollars: isKnown ? costOf(price, usage) : 0, concurrency: 0 };
  }

  /** With what each has cost. A promise where a price is still looked up. */
  #withCosts(uses: readonly Use[]): readonly Use[] | Promise<readonly Use[]> {
    const prices = uses.map(({ attempt }) => this.#priceOf(attempt.target));
    const withCost = (all: readonly (Price | undefined)[]): readonly Use[] =>
      uses.map((use, at) => ({ ...use, cost: inDollars(all[at], use.usage) }));
    return prices.some((price) => price instanceof Promise)
      ? Promise.all(prices).then(withCost)
      : withCost(prices as readonly (Price | undefined)[]);
  }

  /** The price of a target, which is asked for again as long as it is looked up. */
  #priceOf(target: Target): Price | undefined | Promise<Price | undefined> {
    if (this.#priced?.target === target) return this.#priced.price;
    const { prices } = this.#meter.meters;
    const price = prices.of(target, this.#asked, prices.hasTiers ? tierOf(this.#begun.work.call) : undefined);
    if (!(price instanceof Promise)) this.#priced = { target, price };
    return price;
  }
}

/** The attempt that was made after this was reserved; undefined: it has not ended, or was not made. */
const attemptFor = ({ target, after }: Reserved, { attempts }: Trace): Attempt | undefined =>
  attempts.find((attempt, at) => at >= after && attempt.target === target);

/** Tokens of all attempts; undefined: it was answered, and no number is known. */
function tokensOf(trace: Trace | undefined, uses: readonly Use[]): number | undefined {
  if (trace && !trace.saved && trace.usage === undefined && trace.ending === 'complete') return undefined;
  return uses.reduce((sum, { usage }) => sum + usage.total, 0);
}

function usesOf({ attempts }: Trace): readonly Use[] {
  const uses: Use[] = [];
  for (const attempt of attempts) if (attempt.usage) uses.push({ attempt, usage: attempt.usage });
  return uses;
}

const inDollars = (price: Price | undefined, usage: Usage): number | null =>
  price ? costOf(price, usage) / NANO : null;

/** Dollars without an exponent. */
const plain = (nano: number): string => (nano / NANO).toFixed(9).replace(/\.?0+$/, '');

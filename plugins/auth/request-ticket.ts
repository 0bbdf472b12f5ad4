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
import { addLines, headersIn } from '../../wire/header-lines.ts';
import type { Estimate } from './limits/estimate.ts';
import type { GroupBound } from './limits/limit-in-force.ts';
import { NANO, type Amounts } from './limits/limits.ts';
import type { Plan, TargetBounds } from './limits/plan.ts';
import { priceUnknown, refusal } from './limits/refusal.ts';
import { standingLines, tellsLimits } from './limits/standing.ts';
import type { KeyActivity } from './key-activity.ts';
import type { Meter } from './meter.ts';
import type { Costs } from './usage/recorder.ts';
import { costOf, plainDollars, type Price } from './prices/price.ts';
import { tierOf } from './prices/tier-of.ts';

const NOTHING: Amounts = { requests: 0, tokens: 0, dollars: 0, concurrency: 0 };
const NONE: readonly never[] = [];

/** A request as it was counted when it came. */
export interface Begun {
  readonly plan: Plan;
  readonly work: Work;
  readonly amounts: Amounts;
  readonly estimated: Estimate | undefined;
  readonly atEpochMs: number;
  /** of the key, updated when the request ends */
  readonly activity: KeyActivity | undefined;
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
  /** what is reserved of the limits that ask for no target */
  #amounts: Amounts;
  /** the estimate; undefined: it was not needed yet */
  #estimated: Estimate | undefined;
  /** the name that a target was asked under last: a fallback has another */
  #asked: string;
  #reserved: readonly Reserved[] = NONE;
  /** whose price is known, and the price */
  #pricedTarget: Target | undefined;
  #price: Price | undefined;
  /** bounds of requests that this one counts in: it does so once, whatever is tried for it */
  #counted: readonly GroupBound[] = NONE;

  constructor(meter: Meter, begun: Begun) {
    this.#meter = meter;
    this.#begun = begun;
    this.#amounts = begun.amounts;
    this.#estimated = begun.estimated;
    this.#asked = begun.work.call.model;
  }

  admit(target: Target, call: Call): Promise<void> | void {
    if (this.#asked !== call.model) this.#pricedTarget = undefined;
    this.#asked = call.model;
    if (this.#reserved.length > 0) this.#settleEnded();
    const found = this.#begun.plan.at(target, call.model);
    // A price that is unknown now may be known at the answer.
    const price = this.#priceOf(target);
    if (found.bounds.length === 0) return;
    if (price instanceof Promise && found.countsMoney)
      return price.then((known) => this.#reserve(target, call, found, known));
    return this.#reserve(target, call, found, price instanceof Promise ? undefined : price);
  }

  addTo(headers: AnswerHeaders, target?: Target, usage?: Usage): void {
    const { plan } = this.#begun;
    const more = target ? plan.at(target, this.#asked).bounds : NONE;
    const isLimited = plan.bounds.length + more.length > 0;
    let lines = isLimited ? standingLines(plan.bounds, more, this.#meter.meters.date()) : '';
    if (target && usage) lines += this.#costLine(target, usage);
    if (lines === '') return;
    // Only the answer of a target has a type here. Headers of others may be replaced, and so must stay headers.
    const isDone = target !== undefined && headers['content-type'] !== undefined;
    if (isDone && !tellsLimits(headers)) addLines(headers, lines);
    else Object.assign(headers, headersIn(lines));
  }

  #costLine(target: Target, usage: Usage): string {
    if (this.#begun.work.call.stream) return '';
    const price = this.#priceOf(target);
    const isKnown = price !== undefined && !(price instanceof Promise);
    return `x-switchyard-cost: ${isKnown ? plainDollars(costOf(price, usage)) : 'unknown'}\r\n`;
  }

  usedSoFar(usage: Usage): void {
    const { plan, atEpochMs } = this.#begun;
    const now = this.#meter.meters.date();
    const raised = (bounds: readonly GroupBound[], before: Amounts, dollars: number, at: number): Amounts => {
      const amounts = {
        ...before,
        tokens: Math.max(before.tokens, usage.total),
        dollars: Math.max(before.dollars, dollars),
      };
      this.#meter.meters.counters.settle(bounds, before, amounts, at, now);
      return amounts;
    };
    this.#amounts = raised(plan.bounds, this.#amounts, 0, atEpochMs);
    this.#reserved = this.#reserved.map((one) => {
      const price = this.#priceOf(one.target);
      const dollars = price && !(price instanceof Promise) ? costOf(price, usage) : 0;
      return { ...one, amounts: raised(one.bounds, one.amounts, dollars, one.atEpochMs) };
    });
    const isPassed = ({ counted, counter, most }: GroupBound): boolean =>
      (counted === 'tokens' || counted === 'dollars') && counter.used(now) > most;
    const passed = [plan.bounds, ...this.#reserved.map(({ bounds }) => bounds)].flat().find(isPassed);
    if (passed) throw refusal(passed, this.#meter.holder.key, NOTHING, now);
  }

  over(trace?: Trace): ReturnType<Ticket['over']> {
    const { plan, work, atEpochMs, activity } = this.#begun;
    const amounts = this.#amounts;
    const { counters, date, estimate } = this.#meter.meters;
    const now = date();
    activity?.end(work);
    for (const one of this.#reserved) this.#settle(one, trace && attemptFor(one, trace), now, !trace);
    this.#reserved = NONE;
    const isRefused = trace?.attempts.length === 0 && isOfLimit(trace.reason);
    if (plan.bounds.length > 0) {
      const tokens = tokensOf(trace) ?? amounts.tokens;
      const used = isRefused ? NOTHING : { requests: 1, tokens, dollars: 0, concurrency: 0 };
      counters.settle(plan.bounds, amounts, used, atEpochMs, now);
    }
    if (trace) estimate.learn(trace, this.#estimated);
    const costs = trace ? this.#costsOf(trace) : NONE;
    if (this.#meter.isRecorded && !isRefused) this.#record(trace, costs, now);
    return costs instanceof Promise ? undefined : costs;
  }

  #record(trace: Trace | undefined, costs: Costs | Promise<Costs>, now: number): void {
    const { used, meters } = this.#meter;
    const { call } = this.#begun.work;
    const { usage } = meters;
    if (costs instanceof Promise) usage.wait(costs.then((known) => usage.add(used, call, trace, known, now)));
    else usage.add(used, call, trace, costs, now);
  }

  #reserve(target: Target, call: Call, found: TargetBounds, price: Price | undefined): Promise<void> | void {
    const { counters, date, estimate, budgets } = this.#meter.meters;
    const needed = found.countsTokens ? (this.#estimated ??= estimate.of(call)) : undefined;
    if (found.countsMoney && !price && found.refusesUnknown && needed && needed.total > 0)
      throw priceUnknown(found.refusesUnknown, this.#meter.holder.key, target.id);
    const amounts = {
      requests: 1,
      tokens: needed?.total ?? 0,
      dollars: price && needed ? costOf(price, needed) : 0,
      concurrency: 1,
    };
    const isFirst = this.#counted.length === 0;
    const bounds = isFirst ? found.bounds : found.bounds.filter((one) => !this.#counted.includes(one));
    const requests = isFirst ? found.requests : bounds.filter(({ counted }) => counted === 'requests');
    const atEpochMs = date();
    const after = this.#begun.work.trace?.attempts.length ?? 0;
    const reserved = { target, bounds, amounts, atEpochMs, after };
    if (found.countsMoney) budgets.before(bounds, atEpochMs);
    const taken = counters.reserve(bounds, amounts, atEpochMs);
    if (taken instanceof Promise) return taken.then((spent) => this.#took(reserved, requests, spent));
    this.#took(reserved, requests, taken);
  }

  /** @throws GatewayError where a bound has not enough left */
  #took(reserved: Reserved, requests: readonly GroupBound[], spent: GroupBound | undefined): void {
    if (spent) {
      const { amounts, atEpochMs } = reserved;
      this.#meter.meters.budgets.refused(spent, this.#meter.holder.key, atEpochMs);
      throw refusal(spent, this.#meter.holder.key, amounts, atEpochMs);
    }
    this.#counted = this.#counted.length === 0 ? requests : [...this.#counted, ...requests];
    this.#reserved = this.#reserved.length === 0 ? [reserved] : [...this.#reserved, reserved];
  }

  /** Gives back what ended attempts have not used, before the next one. */
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

  #usedBy({ target, outcome, usage }: Attempt, reserved: Amounts): Amounts {
    if (!usage) {
      const { tokens, dollars } = outcome === 'answered' ? reserved : NOTHING;
      return { requests: 1, tokens, dollars, concurrency: 0 };
    }
    const price = reserved.dollars === 0 ? undefined : this.#priceOf(target);
    const isKnown = price !== undefined && !(price instanceof Promise);
    return { requests: 1, tokens: usage.total, dollars: isKnown ? costOf(price, usage) : 0, concurrency: 0 };
  }

  /** What each attempt has cost. A promise where a price is still looked up. */
  #costsOf({ attempts }: Trace): Costs | Promise<Costs> {
    const costs: (number | null | undefined)[] = [];
    for (const { target, usage } of attempts) {
      const price = usage && this.#priceOf(target);
      if (price instanceof Promise) return this.#laterCostsOf(attempts);
      costs.push(usage && inDollars(price, usage));
    }
    return costs;
  }

  async #laterCostsOf(attempts: readonly Attempt[]): Promise<Costs> {
    const prices = await Promise.all(attempts.map(({ target, usage }) => usage && this.#priceOf(target)));
    return attempts.map(({ usage }, at) => usage && inDollars(prices[at], usage));
  }

  /** The price of a target, which is asked for again as long as it is looked up. */
  #priceOf(target: Target): Price | undefined | Promise<Price | undefined> {
    if (this.#pricedTarget === target) return this.#price;
    const { prices } = this.#meter.meters;
    const price = prices.of(target, this.#asked, prices.hasTiers ? tierOf(this.#begun.work.call) : undefined);
    if (price instanceof Promise) return price;
    this.#pricedTarget = target;
    this.#price = price;
    return price;
  }
}

/** The attempt that was made after this was reserved; undefined: it has not ended, or was not made. */
function attemptFor({ target, after }: Reserved, { attempts }: Trace): Attempt | undefined {
  for (let at = after; at < attempts.length; at += 1) {
    const attempt = attempts[at] as Attempt;
    if (attempt.target === target) return attempt;
  }
  return undefined;
}

/** Tokens of all attempts; undefined: it was answered, and no number is known. */
function tokensOf(trace: Trace | undefined): number | undefined {
  if (!trace) return 0;
  if (!trace.saved && trace.usage === undefined && trace.ending === 'complete') return undefined;
  let tokens = 0;
  for (const { usage } of trace.attempts) tokens += usage?.total ?? 0;
  return tokens;
}

const inDollars = (price: Price | undefined, usage: Usage): number | null =>
  price ? costOf(price, usage) / NANO : null;

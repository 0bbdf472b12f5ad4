import { beginOf, endOf, type Span } from './span.ts';

const MINUTE_MS = 60_000;
/** Minutes. A time before its span by no more than that is of a request that began earlier; by more, the clock was set back. */
const SET_BACK = 1;
/** a minute that is later than any */
const NEVER = 2 ** 30;

/** The share of a budget that was reported last. */
interface ReportedShare {
  /** of its span */
  readonly beganEpochMs: number;
  readonly percent: number;
}

/** What was used of one span of time, each of which begins at nothing; without a span, what is in use. */
export class Counter {
  readonly name: string;
  readonly span: Span | undefined;
  /** It has changed since it was saved, and its store has it on a list. */
  isUnsaved = false;
  /** Its store has forgotten it, as it counted nothing. A limit may hold it all the same. */
  isForgotten = false;
  /** of a budget; undefined: nothing was */
  lastReported: ReportedShare | undefined;
  /** Minutes since 1970. Milliseconds would be numbers apart, of which a request of one of many keys touches each. */
  #beganMinute = 0;
  #endsMinute: number;
  #used = 0;

  constructor(name: string, span: Span | undefined) {
    this.name = name;
    this.span = span;
    this.#endsMinute = span === undefined || span === 'total' ? NEVER : 0;
  }

  /** It goes on after a restart. */
  get outlives(): boolean {
    return this.span !== undefined && this.span !== 'minute';
  }

  used(nowEpochMs: number): number {
    this.#roll(nowEpochMs);
    return this.#used;
  }

  /** when it begins again; Infinity: never */
  endsEpochMs(nowEpochMs: number): number {
    this.#roll(nowEpochMs);
    return this.#endsMinute === NEVER ? Infinity : this.#endsMinute * MINUTE_MS;
  }

  /** when its span began, by the clock that it counts by: what tells its spans apart */
  beganEpochMs(nowEpochMs: number): number {
    this.#roll(nowEpochMs);
    return this.#beganMinute * MINUTE_MS;
  }

  add(amount: number, nowEpochMs: number): void {
    this.#roll(nowEpochMs);
    this.#used += amount;
  }

  /**
   * What was reserved is replaced by what was used. Of another span, before or after a clock was set back, only what was not
   * reserved counts, now.
   * @param atEpochMs when it was reserved
   */
  settle(reserved: number, used: number, atEpochMs: number, nowEpochMs: number): void {
    this.#roll(nowEpochMs);
    const more = used - reserved;
    const isOfSpan = atEpochMs >= this.#beganMinute * MINUTE_MS && atEpochMs < this.#endsMinute * MINUTE_MS;
    this.#used = Math.max(0, this.#used + (isOfSpan ? more : Math.max(0, more)));
  }

  /** Adds what an earlier gateway has counted in the same span. */
  restore({ beganEpochMs, used }: SavedCounter, nowEpochMs: number): void {
    this.#roll(nowEpochMs);
    if (beganEpochMs === this.#beganMinute * MINUTE_MS) this.#used += used;
  }

  #roll(nowEpochMs: number): void {
    const isNow =
      nowEpochMs < this.#endsMinute * MINUTE_MS && nowEpochMs >= (this.#beganMinute - SET_BACK) * MINUTE_MS;
    if (isNow) return;
    const span = this.span as Span;
    const beganEpochMs = beginOf(span, nowEpochMs);
    this.#beganMinute = Math.round(beganEpochMs / MINUTE_MS);
    this.#endsMinute = Math.round(endOf(span, beganEpochMs) / MINUTE_MS);
    this.#used = 0;
  }
}

/** As it is stored. */
export interface SavedCounter {
  readonly name: string;
  readonly beganEpochMs: number;
  /** null: never */
  readonly endsEpochMs: number | null;
  readonly used: number;
}

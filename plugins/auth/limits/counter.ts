import { beginOf, endOf, type Span } from './span.ts';

/** ms. A time before its span by no more than that is of a request that began earlier; by more, the clock was set back. */
const SET_BACK_MS = 60_000;

/** What was used of one span of time, each of which begins at nothing; without a span, what is in use. */
export class Counter {
  readonly name: string;
  readonly span: Span | undefined;
  /** It has changed since it was saved. */
  isUnsaved = false;
  #beganEpochMs = 0;
  #endsEpochMs: number;
  #used = 0;

  constructor(name: string, span: Span | undefined) {
    this.name = name;
    this.span = span;
    this.#endsEpochMs = span === undefined || span === 'total' ? Infinity : 0;
  }

  used(nowEpochMs: number): number {
    this.#roll(nowEpochMs);
    return this.#used;
  }

  /** when it begins again; Infinity: never */
  endsEpochMs(nowEpochMs: number): number {
    this.#roll(nowEpochMs);
    return this.#endsEpochMs;
  }

  add(amount: number, nowEpochMs: number): void {
    this.#roll(nowEpochMs);
    this.#used += amount;
    this.isUnsaved = true;
  }

  /**
   * What was reserved is replaced by what was used. Of a span that is over only what was not reserved counts, now.
   * @param atEpochMs when it was reserved
   */
  settle(reserved: number, used: number, atEpochMs: number, nowEpochMs: number): void {
    this.#roll(nowEpochMs);
    const more = used - reserved;
    this.#used = Math.max(0, this.#used + (atEpochMs >= this.#beganEpochMs ? more : Math.max(0, more)));
    this.isUnsaved = true;
  }

  /** Adds what an earlier gateway has counted in the same span. */
  restore({ beganEpochMs, used }: SavedCounter, nowEpochMs: number): void {
    this.#roll(nowEpochMs);
    if (beganEpochMs === this.#beganEpochMs) this.#used += used;
  }

  saved(nowEpochMs: number): SavedCounter {
    this.#roll(nowEpochMs);
    const endsEpochMs = this.#endsEpochMs === Infinity ? null : this.#endsEpochMs;
    return { name: this.name, beganEpochMs: this.#beganEpochMs, endsEpochMs, used: this.#used };
  }

  #roll(nowEpochMs: number): void {
    if (nowEpochMs < this.#endsEpochMs && nowEpochMs >= this.#beganEpochMs - SET_BACK_MS) return;
    const span = this.span as Span;
    this.#beganEpochMs = beginOf(span, nowEpochMs);
    this.#endsEpochMs = endOf(span, this.#beganEpochMs);
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

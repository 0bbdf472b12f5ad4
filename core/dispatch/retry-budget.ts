/** ms of the floor that a quiet gateway may have saved up, and the most of it that is spent at once */
const SAVED = 2_000;

export interface Bounds {
  /** retries for each request, 0.2 is one in five; 0: none, and no floor either */
  readonly share: number;
  /** retries a second that are granted however few requests there are */
  readonly floor: number;
  readonly now: () => number;
}

/**
 * Bounds retries to a share of the live traffic, so that trouble upstream is not multiplied: each request pays in, each
 * retry takes one out, and time pays in a floor, for a quiet gateway would else never retry (Finagle's RetryBudget).
 */
export class RetryBudget {
  readonly #share: number;
  readonly #floor: number;
  readonly #now: () => number;
  /** what time fills up to, and what requests do */
  readonly #reserve: number;
  readonly #cap: number;
  #balance: number;
  #filledAtMs: number;

  constructor({ share, floor, now }: Bounds) {
    this.#share = share;
    this.#floor = share > 0 ? floor : 0;
    this.#now = now;
    this.#reserve = (this.#floor * SAVED) / 1_000;
    this.#cap = this.#reserve + 100 * share;
    this.#balance = this.#reserve;
    this.#filledAtMs = now();
  }

  /** A request came. */
  deposit(): void {
    this.#balance = Math.min(this.#cap, this.#balance + this.#share);
  }

  /** A retry can be paid for. */
  get hasOne(): boolean {
    this.#fill();
    return this.#balance >= 1;
  }

  /** @returns false when the budget is spent */
  withdraw(): boolean {
    if (!this.hasOne) return false;
    this.#balance -= 1;
    return true;
  }

  #fill(): void {
    const now = this.#now();
    const due = ((now - this.#filledAtMs) / 1_000) * this.#floor;
    this.#filledAtMs = now;
    if (this.#balance < this.#reserve) this.#balance = Math.min(this.#reserve, this.#balance + due);
  }
}

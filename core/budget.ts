/**
 * Bounds retries over all requests to a share of the live traffic, so that trouble upstream is not multiplied: each
 * request pays in, each retry takes one out (Finagle's RetryBudget). A small reserve lets a quiet house retry too.
 */
export class Budget {
  readonly #share: number;
  readonly #reserve: number;
  readonly #cap: number;
  #balance: number;

  /** @param share retries per request, 0.2 is one in five @param reserve retries a quiet house may spend */
  constructor(share: number, reserve = 20) {
    this.#share = share;
    this.#reserve = share > 0 ? reserve : 0;
    this.#cap = this.#reserve + 100 * share;
    this.#balance = this.#reserve;
  }

  /** A request came: what it pays in also refills the reserve. */
  deposit(): void {
    this.#balance = Math.min(this.#cap, this.#balance + this.#share);
  }

  /** @returns false when the budget is spent */
  withdraw(): boolean {
    if (this.#balance < 1) return false;
    this.#balance -= 1;
    return true;
  }
}

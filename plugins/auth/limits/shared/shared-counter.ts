import { Counter } from '../counter.ts';

/** The clock that spans of time are counted by, ms ahead of this gateway's. */
export interface Ahead {
  readonly aheadMs: number;
}

/** What is known here of a counter that gateways share, by the clock of what keeps it. */
export class SharedCounter extends Counter {
  readonly #clock: Ahead;
  /** Without what keeps it: the span that a share is taken of, and how much all had used before. */
  #shareEndsEpochMs: number | undefined;
  #usedByAll = 0;

  constructor(name: string, span: Counter['span'], clock: Ahead) {
    super(name, span);
    this.#clock = clock;
  }

  override used(nowEpochMs: number): number {
    return super.used(nowEpochMs + this.#clock.aheadMs);
  }

  override endsEpochMs(nowEpochMs: number): number {
    return super.endsEpochMs(nowEpochMs + this.#clock.aheadMs) - this.#clock.aheadMs;
  }

  override add(amount: number, nowEpochMs: number): void {
    super.add(amount, nowEpochMs + this.#clock.aheadMs);
  }

  override settle(reserved: number, used: number, atEpochMs: number, nowEpochMs: number): void {
    const { aheadMs } = this.#clock;
    super.settle(reserved, used, atEpochMs + aheadMs, nowEpochMs + aheadMs);
  }

  /** What all gateways have used, as Redis says it. */
  told(used: number, nowEpochMs: number): void {
    this.#shareEndsEpochMs = undefined;
    this.add(used - this.used(nowEpochMs), nowEpochMs);
  }

  /** How much of this gateway's share is left, where it cannot be asked what all have used. */
  leftOfShare(most: number, gateways: number, nowEpochMs: number): number {
    const ends = this.endsEpochMs(nowEpochMs);
    const used = this.used(nowEpochMs);
    if (this.#shareEndsEpochMs === undefined || Math.abs(ends - this.#shareEndsEpochMs) > 1) {
      this.#shareEndsEpochMs = ends;
      this.#usedByAll = used;
    }
    return Math.floor((most - this.#usedByAll) / gateways) - (used - this.#usedByAll);
  }
}

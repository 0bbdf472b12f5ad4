const SECONDS = 60;

/** How often something has happened in the last minute, second by second. */
export class PerMinute {
  readonly #now: () => number;
  readonly #counts = new Uint32Array(SECONDS);
  #second = 0;

  /** @param now ms on a monotonic clock */
  constructor(now: () => number) {
    this.#now = now;
  }

  add(): void {
    this.#moveOn();
    const at = this.#second % SECONDS;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }

  get count(): number {
    this.#moveOn();
    return this.#counts.reduce((sum, one) => sum + one, 0);
  }

  #moveOn(): void {
    const second = Math.floor(this.#now() / 1_000);
    const passed = Math.min(SECONDS, second - this.#second);
    for (let past = 0; past < passed; past++) this.#counts[(second - past) % SECONDS] = 0;
    if (passed > 0) this.#second = second;
  }
}

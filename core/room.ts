/**
 * How many requests a provider bears at once, and who waits for room. First come, first served: room that is handed to
 * one who waited is not free for one who comes now. The line is bounded; behind a hundred others it is better to know.
 */
export class Room {
  readonly limit: number;
  readonly longest: number;
  #taken = 0;
  #handed = 0;
  readonly #line: ((room: Room) => void)[] = [];

  constructor(limit: number, longest = Math.max(32, limit * 16)) {
    this.limit = limit;
    this.longest = longest;
  }

  get free(): boolean {
    return this.#taken + this.#handed < this.limit;
  }

  get waiting(): number {
    return this.#line.length;
  }

  get lineFull(): boolean {
    return this.#line.length >= this.longest;
  }

  take(): void {
    this.#taken++;
  }

  give(): void {
    this.#taken--;
    this.#handOn();
  }

  /** Calls back once with room held for the caller, who must `claim` it. @returns leaves the line */
  wait(ready: (room: Room) => void): () => void {
    this.#line.push(ready);
    return () => {
      const at = this.#line.indexOf(ready);
      if (at >= 0) this.#line.splice(at, 1);
    };
  }

  /** The room that was handed over is free for its holder to take in this very turn; what is not taken goes to the next. */
  claim(): void {
    this.#handed--;
    setImmediate(() => this.#handOn());
  }

  #handOn(): void {
    if (!this.free) return;
    const next = this.#line.shift();
    if (!next) return;
    this.#handed++;
    next(this);
  }
}

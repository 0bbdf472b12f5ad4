import type * as contract from '../contracts/index.ts';

/** Who waits for room, in its turn. */
interface Waiting {
  readonly ready: (room: ConcurrencyLimit) => void;
  readonly dropped: (() => void) | undefined;
}

/**
 * How many requests a provider bears at once, and who waits for room. Callers take turns, and of one caller's requests
 * the first comes first: who asks for much does not hold up who asks for little. Room that is handed to one who waited
 * is not free for one who comes now. The line is bounded; behind a hundred others it is better to know.
 */
export class ConcurrencyLimit implements contract.ConcurrencyLimit {
  readonly limit: number;
  readonly longestQueue: number;
  #taken = 0;
  #handed = 0;
  #waiting = 0;
  /** by caller, whose turn is next first */
  readonly #lines = new Map<string, Waiting[]>();

  constructor(limit: number, longest = Math.max(32, limit * 16)) {
    this.limit = limit;
    this.longestQueue = longest;
  }

  get hasFreeSlot(): boolean {
    return this.#taken + this.#handed < this.limit;
  }

  get waiting(): number {
    return this.#waiting;
  }

  get isQueueFull(): boolean {
    return this.#waiting >= this.longestQueue;
  }

  /** A full line has room for one more of a caller who has fewer in it than another: that other's last one goes. */
  admits(caller: string): boolean {
    if (!this.isQueueFull) return true;
    return this.#greediest()[1].length > (this.#lines.get(caller)?.length ?? 0) + 1;
  }

  acquire(): void {
    this.#taken++;
  }

  release(): void {
    this.#taken--;
    this.#handOn();
  }

  /**
   * Calls back once with room held for the caller, who must `claim` it. @returns leaves the line
   * @param dropped is called instead where another's request takes this one's place in a full line
   */
  wait(ready: (room: ConcurrencyLimit) => void, caller = '', dropped?: () => void): () => void {
    if (this.isQueueFull) this.#drop();
    const waiting = { ready, dropped };
    const line = this.#lines.get(caller);
    if (line) line.push(waiting);
    else this.#lines.set(caller, [waiting]);
    this.#waiting++;
    return () => this.#leave(caller, waiting);
  }

  /** The room that was handed over is free for its holder to take in this very turn; what is not taken goes to the next. */
  claim(): void {
    this.#handed--;
    setImmediate(() => this.#handOn());
  }

  #handOn(): void {
    if (!this.hasFreeSlot) return;
    const [next] = this.#lines;
    if (!next) return;
    const [caller, line] = next;
    // Its next one waits until all others had their turn.
    this.#lines.delete(caller);
    const { ready } = line.shift() as Waiting;
    if (line.length > 0) this.#lines.set(caller, line);
    this.#waiting--;
    this.#handed++;
    ready(this);
  }

  #leave(caller: string, waiting: Waiting): void {
    const line = this.#lines.get(caller);
    const at = line?.indexOf(waiting) ?? -1;
    if (!line || at < 0) return;
    line.splice(at, 1);
    this.#waiting--;
    if (line.length === 0) this.#lines.delete(caller);
  }

  #greediest(): [caller: string, line: Waiting[]] {
    return [...this.#lines].reduce((most, one) => (one[1].length > most[1].length ? one : most));
  }

  #drop(): void {
    const [caller, line] = this.#greediest();
    const last = line.at(-1) as Waiting;
    if (!last.dropped) return;
    this.#leave(caller, last);
    last.dropped();
  }
}

import type * as contract from '../core/contracts/index.ts';

/** A request that waits for a slot, in its turn. */
interface Waiting {
  readonly ready: (limit: ConcurrencyLimit) => void;
  readonly dropped: (() => void) | undefined;
}

/**
 * How many requests a provider takes at once, and the queue for its slots. Callers take turns, and of one caller's
 * requests the first comes first: a caller with many does not hold up one with few. A slot that is handed to a request that
 * waited is not free for one that comes now. The queue is bounded: behind a hundred others it is better to know.
 */
export class ConcurrencyLimit implements contract.ConcurrencyLimit {
  readonly limit: number;
  readonly longestQueue: number;
  #taken = 0;
  #handed = 0;
  #waiting = 0;
  /** by caller, in the order of their turns */
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

  wait(ready: (limit: ConcurrencyLimit) => void, caller = '', dropped?: () => void): () => void {
    if (this.isQueueFull) this.#drop();
    const waiting = { ready, dropped };
    const line = this.#lines.get(caller);
    if (line) line.push(waiting);
    else this.#lines.set(caller, [waiting]);
    this.#waiting++;
    return () => this.#leave(caller, waiting);
  }

  /** A slot that was handed over must be claimed in this turn; otherwise it goes to the next request. */
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

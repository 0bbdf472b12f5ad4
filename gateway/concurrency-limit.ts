import type * as contract from '../core/contracts/index.ts';
import { SlotQueue } from './slot-queue.ts';

/** How many may wait where that many run at once. */
export const longestQueueOf = (limit: number): number => Math.max(32, limit * 16);

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
  readonly #queue = new SlotQueue<contract.ConcurrencyLimit>();
  /** Where other gateways have slots, too: how many this one may use. */
  #granted: (() => number) | undefined;
  #changed: ((used: number) => void) | undefined;

  constructor(limit: number, longest = longestQueueOf(limit)) {
    this.limit = limit;
    this.longestQueue = longest;
  }

  get hasFreeSlot(): boolean {
    const used = this.#taken + this.#handed;
    return used < this.limit && (this.#granted === undefined || used < this.#granted());
  }

  get waiting(): number {
    return this.#queue.size;
  }

  get isQueueFull(): boolean {
    return this.waiting >= this.longestQueue;
  }

  admits(caller: string): boolean {
    return !this.isQueueFull || this.#queue.yieldsTo(caller);
  }

  acquire(): void {
    this.#taken++;
    this.#changed?.(this.#taken + this.#handed);
  }

  release(): void {
    this.#taken--;
    this.#changed?.(this.#taken + this.#handed);
    this.#handOn();
  }

  shareBy(granted: () => number, changed: (used: number) => void): () => void {
    this.#granted = granted;
    this.#changed = changed;
    changed(this.#taken + this.#handed);
    return () => {
      while (this.waiting > 0 && this.hasFreeSlot) this.#handOn();
    };
  }

  wait(ready: (limit: contract.ConcurrencyLimit) => void, caller = '', dropped?: () => void): () => void {
    if (this.isQueueFull) this.#queue.drop();
    const waiting = { ready, dropped };
    this.#queue.add(caller, waiting);
    this.#changed?.(this.#taken + this.#handed);
    return () => void this.#queue.remove(caller, waiting);
  }

  /** A slot that was handed over must be claimed in this turn; otherwise it goes to the next request. */
  claim(): void {
    this.#handed--;
    setImmediate(() => this.#handOn());
  }

  #handOn(): void {
    if (!this.hasFreeSlot) return;
    const next = this.#queue.next();
    if (!next) return;
    this.#handed++;
    next.ready(this);
  }
}

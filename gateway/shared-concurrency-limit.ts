import type * as contract from '../core/contracts/index.ts';
import { longestQueueOf } from './concurrency-limit.ts';
import { SlotQueue } from './slot-queue.ts';
import type { SlotRow } from './slot-table.ts';

/**
 * A `ConcurrencyLimit` whose slots several threads share. Each thread has a queue of its own, and threads take turns. A
 * slot that was found free is held for this thread until the end of the turn of the event loop, so that what was found
 * free can be taken.
 */
export class SharedConcurrencyLimit implements contract.ConcurrencyLimit {
  readonly limit: number;
  readonly longestQueue: number;
  readonly #row: SlotRow;
  readonly #queue = new SlotQueue<contract.ConcurrencyLimit>();
  /** slots that this thread has: for requests that run, for those that were handed one, and spare ones */
  #held = 0;
  #taken = 0;
  #handed = 0;
  #givesBack = false;
  #isWatching = false;

  constructor(limit: number, row: SlotRow) {
    this.limit = limit;
    this.longestQueue = longestQueueOf(limit);
    this.#row = row;
  }

  get hasFreeSlot(): boolean {
    if (this.#spare > 0) return true;
    if (this.#row.waiting > 0 || !this.#row.take(this.limit)) return false;
    this.#held++;
    this.#giveBackLater();
    return true;
  }

  get waiting(): number {
    return this.#row.waiting;
  }

  get isQueueFull(): boolean {
    return this.waiting >= this.longestQueue;
  }

  admits(caller: string): boolean {
    return !this.isQueueFull || this.#queue.yieldsTo(caller);
  }

  acquire(): void {
    this.#taken++;
    if (this.#spare >= 0) return;
    this.#row.force();
    this.#held++;
  }

  release(): void {
    this.#taken--;
    this.#giveBack();
  }

  wait(ready: (limit: contract.ConcurrencyLimit) => void, caller = '', dropped?: () => void): () => void {
    if (this.isQueueFull && this.#queue.drop()) this.#row.waits(-1);
    const waiting = { ready, dropped };
    this.#queue.add(caller, waiting);
    this.#row.waits(1);
    setImmediate(() => this.#handOn());
    return () => {
      if (this.#queue.remove(caller, waiting)) this.#row.waits(-1);
    };
  }

  claim(): void {
    this.#handed--;
    this.#giveBackLater();
  }

  get #spare(): number {
    return this.#held - this.#taken - this.#handed;
  }

  #giveBackLater(): void {
    if (this.#givesBack) return;
    this.#givesBack = true;
    setImmediate(() => {
      this.#givesBack = false;
      this.#giveBack();
    });
  }

  #giveBack(): void {
    const spare = this.#spare;
    if (spare <= 0) return;
    this.#held -= spare;
    this.#row.give(spare);
  }

  #handOn(): void {
    while (this.#queue.size > 0) {
      const { given } = this.#row;
      if (!this.#row.take(this.limit)) return void this.#watch(given);
      this.#held++;
      this.#handed++;
      this.#row.waits(-1);
      this.#queue.next()!.ready(this);
    }
  }

  /** Once a slot is given back, here or in another thread, it may be this thread's turn. */
  async #watch(given: number): Promise<void> {
    if (this.#isWatching) return;
    this.#isWatching = true;
    await this.#row.freed(given);
    this.#isWatching = false;
    // What has waited may have left: then it is another thread's turn.
    if (this.#queue.size === 0) this.#row.wake();
    else this.#handOn();
  }
}

import { createHash } from 'node:crypto';

/** providers that have a limit, the earlier ones of reloads among them */
const MOST = 4_096;
/** of a row: its provider's name (two), the slots that are taken, a count of those given back; then one for each thread */
const NAME = 0;
const TAKEN = 2;
const GIVEN = 3;
const OWN = 4;
/** of each thread: the slots that it has, the requests that wait in it */
const EACH = 2;

/** How many slots of each provider are taken, by all threads together: one table in memory that they share. */
export class SlotTable {
  readonly cells: SharedArrayBuffer;
  readonly #cells: Int32Array;
  readonly #thread: number;
  readonly #threads: number;
  readonly #width: number;

  /** @param thread the number of this one */
  constructor(threads: number, thread: number, cells?: SharedArrayBuffer) {
    this.#threads = threads;
    this.#thread = thread;
    this.#width = OWN + EACH * threads;
    this.cells = cells ?? new SharedArrayBuffer(4 * MOST * this.#width);
    this.#cells = new Int32Array(this.cells);
  }

  /** The row of a provider. */
  row(provider: string): SlotRow {
    const digest = createHash('sha256').update(provider).digest();
    // A row without a name is free.
    const [one, two] = [digest.readInt32LE(0) || 1, digest.readInt32LE(4) || 1];
    for (let step = 0; step < MOST; step++) {
      const at = (((one >>> 0) + step) % MOST) * this.#width;
      const had = Atomics.compareExchange(this.#cells, at + NAME, 0, one);
      if (had !== 0 && had !== one) continue;
      const second = Atomics.compareExchange(this.#cells, at + NAME + 1, 0, two);
      if (second === 0 || second === two) return new SlotRow(this.#cells, at, this.#thread, this.#threads);
    }
    throw new Error(`more than ${MOST} providers have had a concurrency limit: restart the gateway`);
  }

  /** A thread is gone: what it had is free, and what waited there waits no more. */
  free(thread: number): void {
    for (let at = 0; at < this.#cells.length; at += this.#width)
      if (this.#cells[at + NAME] !== 0) new SlotRow(this.#cells, at, thread, this.#threads).freeAll();
  }
}

/** The slots of one provider, as one thread takes them. */
export class SlotRow {
  readonly #cells: Int32Array;
  readonly #at: number;
  readonly #own: number;
  readonly #threads: number;

  constructor(cells: Int32Array, at: number, thread: number, threads: number) {
    this.#cells = cells;
    this.#at = at;
    this.#own = at + OWN + EACH * thread;
    this.#threads = threads;
  }

  /** requests that wait in all threads */
  get waiting(): number {
    let sum = 0;
    for (let thread = 0; thread < this.#threads; thread++)
      sum += Atomics.load(this.#cells, this.#at + OWN + EACH * thread + 1);
    return sum;
  }

  /** @returns whether there was one left */
  take(limit: number): boolean {
    const at = this.#at + TAKEN;
    for (;;) {
      const taken = Atomics.load(this.#cells, at);
      if (taken >= limit) return false;
      if (Atomics.compareExchange(this.#cells, at, taken, taken + 1) !== taken) continue;
      Atomics.add(this.#cells, this.#own, 1);
      return true;
    }
  }

  /** Whether or not there was one left. */
  force(): void {
    Atomics.add(this.#cells, this.#at + TAKEN, 1);
    Atomics.add(this.#cells, this.#own, 1);
  }

  give(count = 1): void {
    Atomics.sub(this.#cells, this.#own, count);
    Atomics.sub(this.#cells, this.#at + TAKEN, count);
    Atomics.add(this.#cells, this.#at + GIVEN, 1);
    this.wake();
  }

  /** The thread that has waited longest is next. */
  wake(): void {
    Atomics.notify(this.#cells, this.#at + GIVEN, 1);
  }

  waits(more: 1 | -1): void {
    Atomics.add(this.#cells, this.#own + 1, more);
  }

  get given(): number {
    return Atomics.load(this.#cells, this.#at + GIVEN);
  }

  /** Settles with the next slot that is given back. @param given as it was before none was left */
  async freed(given: number): Promise<void> {
    await Atomics.waitAsync(this.#cells, this.#at + GIVEN, given).value;
  }

  freeAll(): void {
    Atomics.store(this.#cells, this.#own + 1, 0);
    const had = Atomics.load(this.#cells, this.#own);
    if (had > 0) this.give(had);
    // It may have been its turn.
    else this.wake();
  }
}

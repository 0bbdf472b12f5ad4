import type { Work } from '../../core/contracts/index.ts';

/** As a number: what may be null, too, is a new object in the heap at each change. */
const NEVER = -Infinity;
/** Never added to. */
const NONE: Work[] = [];

/** The run-time state of a key, apart from its record. */
export class KeyActivity {
  /** Of many keys few have more than one request under way, and a list for each request would outlive it. */
  #first: Work | undefined;
  /** No set: each of its tables, once outgrown, points to the next one, and with it to requests that are over. */
  #others: Work[] = NONE;
  #usedEpochMs: number;
  #ended: Error | undefined;
  #isSaved = true;

  /** @param usedEpochMs when it was used last, ms since 1970; null: never */
  constructor(usedEpochMs: number | null = null) {
    this.#usedEpochMs = usedEpochMs ?? NEVER;
  }

  get usedEpochMs(): number | null {
    return this.#usedEpochMs === NEVER ? null : this.#usedEpochMs;
  }

  used(nowEpochMs: number): void {
    this.#usedEpochMs = nowEpochMs;
    this.#isSaved = false;
  }

  get running(): number {
    return (this.#first ? 1 : 0) + this.#others.length;
  }

  /** @throws why no request of this key is to run any more */
  mustRun(): void {
    if (this.#ended) throw this.#ended;
  }

  begin(work: Work): void {
    if (!this.#first) this.#first = work;
    else if (this.#others.length === 0) this.#others = [work];
    else this.#others.push(work);
  }

  end(work: Work): void {
    if (work === this.#first) return void (this.#first = undefined);
    const at = this.#others.lastIndexOf(work);
    if (at < 0) return;
    const last = this.#others.pop() as Work;
    if (last !== work) this.#others[at] = last;
    // Of many keys few have requests under way: those that have none keep no room for them.
    if (this.#others.length === 0) this.#others = NONE;
  }

  /** Ends what runs, and what has come and does not run yet. @returns how many ran */
  endAll(error: Error): number {
    this.#ended = error;
    const all = this.#first ? [this.#first, ...this.#others] : [...this.#others];
    for (const work of all) work.end(error);
    return all.length;
  }

  /** When it was used last, where that is to be stored; undefined: nothing has changed since the last time */
  unsaved(): number | null | undefined {
    if (this.#isSaved) return undefined;
    this.#isSaved = true;
    return this.usedEpochMs;
  }
}

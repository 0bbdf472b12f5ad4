import type { Work } from '../../core/contracts/index.ts';
import { Counters, type SavedCounters } from './limits/counters.ts';

/** What of a key's activity is stored. */
export interface SavedActivity {
  /** when it was used last, ms since 1970; null: never */
  readonly usedEpochMs: number | null;
  readonly counters: SavedCounters;
}

/** What a key does at run time, whatever of its record changes. */
export class KeyActivity {
  readonly counters: Counters;
  readonly #running = new Set<Work>();
  #usedEpochMs: number | null;
  #ended: Error | undefined;
  #isSaved = true;

  constructor({ usedEpochMs, counters }: SavedActivity = { usedEpochMs: null, counters: {} }) {
    this.#usedEpochMs = usedEpochMs;
    this.counters = new Counters(counters);
  }

  get usedEpochMs(): number | null {
    return this.#usedEpochMs;
  }

  used(nowEpochMs: number): void {
    this.#usedEpochMs = nowEpochMs;
    this.#isSaved = false;
  }

  get running(): number {
    return this.#running.size;
  }

  /** @throws why no request of this key is to run any more */
  mustRun(): void {
    if (this.#ended) throw this.#ended;
  }

  /** @returns ends it */
  begin(work: Work): () => void {
    this.#running.add(work);
    return () => {
      this.#running.delete(work);
      this.#isSaved = false;
    };
  }

  /** Ends what runs, and what has come and does not run yet. @returns how many ran */
  endAll(error: Error): number {
    this.#ended = error;
    const all = [...this.#running];
    for (const work of all) work.end(error);
    return all.length;
  }

  /** What is to be stored; undefined: nothing has changed since the last time */
  unsaved(): SavedActivity | undefined {
    if (this.#isSaved) return undefined;
    this.#isSaved = true;
    return { usedEpochMs: this.#usedEpochMs, counters: this.counters.saved };
  }
}

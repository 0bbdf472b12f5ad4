import { sizeOf, type Entry, type EntryStore, type StoreStanding } from './entry.ts';

/** Answers in memory: the ones that were not asked for longest go first. */
export class MemoryStore implements EntryStore {
  readonly #size: number;
  readonly #ttlMs: number;
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(size: number, ttlMs: number) {
    this.#size = size;
    this.#ttlMs = ttlMs;
  }

  get(key: string, nowEpochMs: number): Entry | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#remove(key, entry);
    if (nowEpochMs - entry.atEpochMs >= this.#ttlMs) return undefined;
    this.#add(key, entry);
    return entry;
  }

  set(key: string, entry: Entry): void {
    const before = this.#entries.get(key);
    if (before) this.#remove(key, before);
    this.#add(key, entry);
    for (const [oldest, old] of this.#entries) {
      if (this.#bytes <= this.#size) break;
      this.#remove(oldest, old);
    }
  }

  clear(): number {
    const count = this.#entries.size;
    this.#entries.clear();
    this.#bytes = 0;
    return count;
  }

  standing(): StoreStanding {
    return { entries: this.#entries.size, bytes: this.#bytes, problem: null };
  }

  open(): void {}

  close(): void {}

  #add(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#bytes += sizeOf(entry);
  }

  #remove(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#bytes -= sizeOf(entry);
  }
}

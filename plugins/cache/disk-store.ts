import type { FastifyBaseLogger } from 'fastify';
import { StoreThread } from '../../kits/store-kit/store-thread.ts';
import type { CacheFile, CacheFileSettings } from './cache-file.ts';
import { sizeOf, type Entry, type EntryStore, type StoreStanding } from './entry.ts';

/** ms after which a request goes on without its kept answer */
const WITHIN_MS = 500;
/** most bytes on their way to the thread; further answers are not kept */
const MOST_WAITING = 16 * 1024 * 1024;

/** Answers in a file that a thread of its own reads and writes. */
export class DiskStore implements EntryStore {
  readonly #thread: StoreThread<CacheFile>;
  readonly #log: Pick<FastifyBaseLogger, 'warn'>;
  #waiting = 0;
  /** what went wrong last */
  #problem: string | null = null;

  constructor(settings: CacheFileSettings, log: Pick<FastifyBaseLogger, 'warn'>) {
    this.#log = log;
    this.#thread = new StoreThread({
      name: 'cache',
      module: new URL('./thread.ts', import.meta.url),
      settings,
      say: (text) => log.warn(text),
    });
  }

  open(): void {
    this.#thread.open();
  }

  async get(key: string, nowEpochMs: number): Promise<Entry | undefined> {
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => late.resolve(undefined), WITHIN_MS);
    const found = this.#thread.ask('get', key, nowEpochMs).catch((error: unknown) => this.#failed(error));
    return Promise.race([found, late.promise]).finally(() => clearTimeout(timer));
  }

  set(key: string, entry: Entry): void {
    const size = sizeOf(entry);
    if (this.#waiting + size > MOST_WAITING) return;
    this.#waiting += size;
    void this.#thread
      .ask('set', key, entry)
      .catch((error: unknown) => this.#failed(error))
      .finally(() => (this.#waiting -= size));
  }

  clear(): Promise<number> {
    return this.#thread.ask('clear');
  }

  async standing(): Promise<StoreStanding> {
    return { ...(await this.#thread.ask('standing')), problem: this.#problem };
  }

  close(): Promise<void> {
    return this.#thread.close();
  }

  #failed(error: unknown): undefined {
    const problem = `cache.db fails: ${(error as Error).message}`;
    if (this.#problem === null) this.#log.warn(`cache: ${problem}`);
    this.#problem = problem;
    return undefined;
  }
}

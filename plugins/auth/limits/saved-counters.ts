import type { FastifyBaseLogger } from 'fastify';
import type { StoreThread } from '../../../kits/store-kit/store-thread.ts';
import type { UsageStore } from '../usage/usage-store.ts';
import type { MemoryCounters } from './counter-store.ts';
import type { GroupBound } from './limit-in-force.ts';

/** ms between two writes of counters: a crash loses these */
const SAVE_EVERY_MS = 2_000;
/**
 * Counters that are posted at once, and written in one transaction. Ten thousand keys have fifty thousand, and come in any
 * order: by the thousand, each transaction would write most pages of the file again.
 */
const TOGETHER = 5_000;

interface Parts {
  readonly date: () => number;
  readonly log: Pick<FastifyBaseLogger, 'warn'>;
}

/** Counters outlive the gateway: they are written by the thread of the usage, now and then. */
export class SavedCounters {
  readonly #counters: MemoryCounters<GroupBound>;
  readonly #thread: Pick<StoreThread<UsageStore>, 'ask'>;
  readonly #parts: Parts;
  readonly #timer: NodeJS.Timeout;
  #saving: Promise<void> | undefined;

  constructor(
    counters: MemoryCounters<GroupBound>,
    thread: Pick<StoreThread<UsageStore>, 'ask'>,
    parts: Parts,
  ) {
    this.#counters = counters;
    this.#thread = thread;
    this.#parts = parts;
    this.#timer = setInterval(() => void this.#save(), SAVE_EVERY_MS).unref();
  }

  async restore(): Promise<void> {
    const { date, log } = this.#parts;
    try {
      this.#counters.restore(await this.#thread.ask('counters', date()));
    } catch (error) {
      log.warn(`what limits have counted cannot be read, and begins at nothing: ${(error as Error).message}`);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#saving;
    await this.#save();
  }

  #save(): Promise<void> {
    this.#saving ??= this.#write().finally(() => (this.#saving = undefined));
    return this.#saving;
  }

  async #write(): Promise<void> {
    const { date, log } = this.#parts;
    for (const unsaved of this.#counters.unsaved(TOGETHER)) {
      try {
        await this.#thread.ask('saveCounters', unsaved, date());
      } catch (error) {
        this.#counters.keepUnsaved(unsaved);
        log.warn(
          `what limits have counted could not be stored, and is tried again: ${(error as Error).message}`,
        );
        return;
      }
    }
  }
}

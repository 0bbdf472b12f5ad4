import type { SharedStore } from './shared-store.ts';

/** beats of the store between two reads that no notification has caused */
const READ_EVERY = 5;

/**
 * Reads the data of one topic whenever it may have changed: at a notification, when PostgreSQL is reachable again, and at
 * intervals, because a notification may be missed. One read runs and at most one waits, which sees everything.
 */
export class TopicReader {
  readonly #read: () => Promise<void>;
  readonly #unsubscribe: readonly (() => void)[];
  #beats = 0;
  #isDue = false;
  #reading: Promise<void> = Promise.resolve();

  /** @param read must not reject */
  constructor(
    store: Pick<SharedStore, 'onNotification' | 'onFound' | 'onBeat'>,
    topic: string,
    read: () => Promise<void>,
  ) {
    this.#read = read;
    const readSoon = (): void => void this.read();
    this.#unsubscribe = [
      store.onNotification(topic, readSoon),
      store.onFound(readSoon),
      store.onBeat(() => void (++this.#beats % READ_EVERY === 0 && readSoon())),
    ];
  }

  /** Reads after the read that runs. @returns settles when both have ended */
  read(): Promise<void> {
    if (this.#isDue) return this.#reading;
    this.#isDue = true;
    return (this.#reading = this.#reading.then(() => {
      this.#isDue = false;
      return this.#read();
    }));
  }

  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }
}

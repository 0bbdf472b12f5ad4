import type { Threads } from '../../../kits/feature-kit/index.ts';
import { revoked, type Keyring } from '../keyring.ts';
import type { Activity } from './messages.ts';

/** The activity of keys in other threads; with one thread, none. */
export class KeysElsewhere {
  readonly #threads: Threads | undefined;
  readonly #keyring: Keyring;

  /** @param threads of the main thread; undefined: there are no others */
  constructor(threads: Threads | undefined, keyring: Keyring) {
    this.#threads = threads;
    this.#keyring = keyring;
    threads?.on('used', (used: Activity['used']) => keyring.wereUsed(used));
  }

  /** How many requests of each key run there. */
  async running(): Promise<ReadonlyMap<string, number>> {
    const sum = new Map<string, number>();
    for (const { running, used } of ((await this.#threads?.ask('activity', undefined)) ?? []) as Activity[]) {
      this.#keyring.wereUsed(used);
      for (const [id, count] of running) sum.set(id, (sum.get(id) ?? 0) + count);
    }
    return sum;
  }

  /** Ends what runs there for a key. @returns how many requests */
  async end(id: string): Promise<number> {
    const counts = ((await this.#threads?.ask('endKey', id)) ?? []) as number[];
    return counts.reduce((sum, count) => sum + count, 0);
  }
}

/** In any thread but the main one: its part in that. */
export function serveKeys(threads: Threads, keyring: Keyring, again: () => Promise<void>): void {
  threads.on('keys', again);
  threads.on('activity', (): Activity => ({ running: keyring.running(), used: keyring.unsaved() }));
  threads.on('endKey', (id: string) => {
    const key = keyring.all.find((one) => one.id === id);
    return key?.activity.endAll(revoked(key.name)) ?? 0;
  });
}

/** A cache of a gateway with several threads: the main one keeps the answers, the others ask it. */
import type { Usage } from '../../core/contracts/index.ts';
import { type Host, type Threads, threadsOf } from '../../kits/feature-kit/index.ts';
import type { CacheCounts, Counts } from './counts.ts';
import type { Entry, EntryStore } from './entry.ts';

const [GET, SET, COUNT] = ['cache get', 'cache set', 'cache count'];

type Counted = ['hit', Partial<Usage> | undefined] | ['missed' | 'stored'];

interface Kept {
  readonly store: EntryStore;
  readonly counts: Counts;
}

/** undefined: this is the main thread, or the only one */
export function keptByMain({ gateway }: Pick<Host, 'gateway'>): Kept | undefined {
  const threads = threadsOf(gateway);
  if (!threads || threads.isMain) return undefined;
  const count = (...counted: Counted): void => threads.tell(COUNT, counted);
  const counts: Counts = {
    hit: (usage) => count('hit', usage),
    missed: () => count('missed'),
    stored: () => count('stored'),
  };
  return { store: storeOfMain(threads), counts };
}

/** Those routes are the main thread's that have all of it removed, and that tell how it stands. */
function storeOfMain(threads: Threads): EntryStore {
  return {
    open: () => undefined,
    get: (key, nowEpochMs) =>
      threads.ask(GET, [key, nowEpochMs]).then(
        ([entry]) => entry as Entry | undefined,
        () => undefined,
      ),
    set: (key, entry) => threads.tell(SET, [key, entry]),
    clear: () => 0,
    standing: () => ({ entries: 0, bytes: 0, problem: null }),
    close: () => undefined,
  };
}

/** In the main thread: keeps what the others have, too, while this cache is in force. */
export function keepForOthers(
  { gateway, events }: Pick<Host, 'gateway' | 'events'>,
  { store, counts }: { readonly store: EntryStore; readonly counts: CacheCounts },
): void {
  const threads = threadsOf(gateway);
  if (!threads?.isMain) return;
  const begin = (): void => {
    threads.on(GET, ([key, nowEpochMs]: Parameters<EntryStore['get']>) => store.get(key, nowEpochMs));
    threads.on(SET, ([key, entry]: Parameters<EntryStore['set']>) => store.set(key, entry));
    threads.on(COUNT, ([what, usage]: Counted) => (what === 'hit' ? counts.hit(usage) : counts[what]()));
  };
  if (events.onInForce) events.onInForce((isInForce) => isInForce && begin());
  else begin();
}

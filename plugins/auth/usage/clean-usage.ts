import type { SharedStore } from '../../../kits/store-kit/shared-store.ts';
import type { UsageThread } from '../threads/store-of-main.ts';

/** ms between two removals of old rows */
const EVERY_MS = 3_600_000;

/** The leader of the gateways removes old rows. The first question also starts the thread, which sends what waits in its file. */
export function cleanUsage(store: SharedStore, thread: UsageThread, date: () => number): void {
  let cleanedEpochMs = 0;
  thread.ask('counters', date()).catch(() => undefined);
  store.onBeat(() => {
    if (!store.isLeader || date() - cleanedEpochMs < EVERY_MS) return;
    cleanedEpochMs = date();
    thread.ask('clean', cleanedEpochMs).catch(() => undefined);
  });
}

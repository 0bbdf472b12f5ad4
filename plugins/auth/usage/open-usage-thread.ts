import { join } from 'node:path';
import type { Host } from '../../../core/contracts/index.ts';
import type { Threads } from '../../../kits/feature-kit/index.ts';
import type { Waiting } from '../../../kits/store-kit/shared-store.ts';
import { storeOf } from '../../../kits/store-kit/store-of.ts';
import { StoreThread } from '../../../kits/store-kit/store-thread.ts';
import { storeOfMain, type UsageThread } from '../threads/store-of-main.ts';
import type { UsageSettings, UsageStore } from './usage-store.ts';

/** The file that usage and counters are in. */
export const usageFileIn = (home: string): string => join(home, 'usage.db');

/** The thread that reads and writes usage. @param toMain in any thread but the main one, which has it */
export function openUsageThread(
  { gateway, config: { home }, log }: Pick<Host, 'gateway' | 'config' | 'log'>,
  toMain: Threads | undefined,
): UsageThread {
  if (toMain) return storeOfMain(toMain);
  const postgres = storeOf(gateway);
  const shared = postgres && {
    postgres: postgres.settings,
    waitingFile: join(home, 'usage-waiting.db'),
  };
  return new StoreThread<UsageStore>({
    name: 'usage',
    module: new URL('./thread.ts', import.meta.url),
    settings: { file: usageFileIn(home), ...(shared && { shared }) } satisfies UsageSettings,
    say: (text) => log.warn(text),
    standing: (waiting: Waiting) => postgres?.waits('usage', waiting),
  });
}

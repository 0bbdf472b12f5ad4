import type { StoreThread } from '../../../kits/store-kit/store-thread.ts';
import type { Threads } from '../../../kits/feature-kit/index.ts';
import type { UsageStore } from '../usage/usage-store.ts';

export type UsageThread = Pick<StoreThread<UsageStore>, 'ask' | 'close'>;

/** The store of usage, which the main thread alone writes to. */
export function storeOfMain(threads: Threads): UsageThread {
  const ask = (task: string, ...values: readonly unknown[]) =>
    threads.ask('usage', { task, values }).then(([answer]) => answer);
  return { ask: ask as UsageThread['ask'], close: () => Promise.resolve() };
}

/** In the main thread: the same store for the others. */
export function serveStore(threads: Threads, store: UsageThread): void {
  const ask = store.ask.bind(store) as (task: string, ...values: readonly unknown[]) => Promise<unknown>;
  threads.on('usage', ({ task, values }: { task: string; values: readonly unknown[] }) =>
    ask(task, ...values),
  );
}

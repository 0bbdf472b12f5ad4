import { parentPort, workerData } from 'node:worker_threads';
import type { StoreAnswer, StoreCall } from './store-thread.ts';

interface Closable {
  close(): Promise<void> | void;
}

/**
 * What the main module of a store's thread does: handles one call after the other, in order; what takes time goes on beside them.
 * @param make gets the settings, a way to tell the operator, and one to tell the gateway how it is
 */
export function serveStore<Settings>(
  make: (settings: Settings, say: (text: string) => void, tell: (standing: unknown) => void) => Closable,
): void {
  const port = parentPort!;
  const tell = (answer: StoreAnswer): void => port.postMessage(answer);
  const store = make(
    workerData as Settings,
    (say) => tell({ say }),
    (standing) => tell({ standing }),
  );
  port.on('message', (question: StoreCall | 'close') => {
    if (question === 'close') {
      void Promise.resolve(store.close()).finally(() => port.close());
      return;
    }
    const { id, task, values } = question;
    const failed = (error: unknown): void => tell({ id, error: (error as Error).message });
    try {
      const work = store[task as keyof Closable] as (...given: readonly unknown[]) => unknown;
      const value = work.apply(store, [...values]);
      if (value instanceof Promise) value.then((later: unknown) => tell({ id, value: later })).catch(failed);
      else tell({ id, value });
    } catch (error) {
      failed(error);
    }
  });
}

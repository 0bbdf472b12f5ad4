/** Main module of the thread that alone reads and writes the file. It handles one call after the other, in order. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Answer, ThreadCall } from './messages.ts';
import { Store, type StoreSettings } from './store.ts';

const port = parentPort!;
const tell = (answer: Answer): void => port.postMessage(answer);
const store = new Store(workerData as StoreSettings, (say) => tell({ say }));

port.on('message', (question: ThreadCall | 'close') => {
  if (question === 'close') {
    store.close();
    port.close();
    return;
  }
  const { id, task, values } = question;
  try {
    const work = store[task] as (...given: readonly unknown[]) => unknown;
    tell({ id, value: work.apply(store, [...values]) });
  } catch (error) {
    tell({ id, error: (error as Error).message });
  }
});

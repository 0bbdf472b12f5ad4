import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Answer, ThreadCall, Result, Task, Values } from './messages.ts';
import type { StoreSettings } from './store.ts';

/** ms that the last write may take when the gateway closes */
const PATIENCE = 5_000;
/** MiB; the thread's heap holds a batch and an answer, and the gateway's own heap flags do not apply to it */
const HEAP = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 };

/** The gateway's side of the thread that owns the file; restarts the thread when it has died. */
export class Writer {
  readonly #settings: StoreSettings;
  readonly #say: (text: string) => void;
  readonly #asked = new Map<number, PromiseWithResolvers<unknown>>();
  #count = 0;
  #worker: Worker | undefined;

  /** @param say tells the operator */
  constructor(settings: StoreSettings, say: (text: string) => void) {
    this.#settings = settings;
    this.#say = say;
  }

  /** Starts the thread in advance: it takes a moment that no call should wait for. */
  open(): Worker {
    return (this.#worker ??= this.#start());
  }

  /** Rejects with the reason of the failure. */
  ask<T extends Task>(task: T, ...values: Values<T>): Promise<Result<T>> {
    const settled = Promise.withResolvers<unknown>();
    const id = this.#count++;
    this.#asked.set(id, settled);
    send(this.open(), { id, task, values });
    return settled.promise as Promise<Result<T>>;
  }

  /** Settles when all calls are done and the file is closed. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    worker.ref();
    send(worker, 'close');
    const late = setTimeout(() => void worker.terminate(), PATIENCE);
    await once(worker, 'exit');
    clearTimeout(late);
  }

  #start(): Worker {
    const worker = new Worker(new URL('./thread.ts', import.meta.url), {
      name: 'history',
      workerData: this.#settings,
      resourceLimits: HEAP,
    });
    // A thread that only waits must not keep the process alive.
    worker.unref();
    worker.on('message', (answer: Answer) => this.#heard(answer));
    worker.on('error', (error: Error) => this.#died(error.message));
    worker.on('exit', () => this.#died('its thread has ended'));
    return worker;
  }

  #heard(answer: Answer): void {
    if ('say' in answer) return this.#say(answer.say);
    const settled = this.#asked.get(answer.id);
    this.#asked.delete(answer.id);
    if ('error' in answer) settled?.reject(new Error(answer.error));
    else settled?.resolve(answer.value);
  }

  #died(why: string): void {
    this.#worker = undefined;
    for (const { reject } of this.#asked.values()) reject(new Error(why));
    this.#asked.clear();
  }
}

function send(worker: Worker, message: ThreadCall | 'close'): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  worker.postMessage(message);
}

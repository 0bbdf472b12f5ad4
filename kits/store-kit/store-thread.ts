import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** A call of one of the store's methods. */
export interface StoreCall {
  readonly id: number;
  readonly task: string;
  readonly values: readonly unknown[];
}

export type StoreAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string }
  /** for the operator */
  | { readonly say: string }
  /** the state of the store, for the gateway */
  | { readonly standing: unknown };

/** The names of a store's methods. */
type Task<Store> = {
  [Name in keyof Store]: Store[Name] extends (...values: never[]) => unknown ? Name : never;
}[keyof Store] &
  string;
type Values<Store, Name extends keyof Store> = Store[Name] extends (...values: infer All) => unknown
  ? All
  : never;
type Result<Store, Name extends keyof Store> = Store[Name] extends (...values: never[]) => infer Value
  ? Awaited<Value>
  : never;

interface Given {
  readonly name: string;
  /** the thread's main module, which calls `serveStore` */
  readonly module: URL;
  /** for the store */
  readonly settings: unknown;
  /** takes a text for the operator */
  readonly say: (text: string) => void;
  /** takes each new state of the store */
  readonly standing?: (standing: never) => void;
}

/** ms that the last write may take when the gateway closes */
const PATIENCE_MS = 5_000;
/** MiB; the thread's heap holds a batch and an answer, and the gateway's own heap flags do not apply to it */
const HEAP = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 };

/** The gateway's side of the one thread that reads and writes a file. A thread that has died is started again. */
export class StoreThread<Store> {
  readonly #given: Given;
  readonly #asked = new Map<number, PromiseWithResolvers<unknown>>();
  #count = 0;
  #worker: Worker | undefined;

  constructor(given: Given) {
    this.#given = given;
  }

  /** Starts the thread in advance: it takes a moment that no call should wait for. */
  open(): Worker {
    return (this.#worker ??= this.#start());
  }

  /** Rejects with the reason of the failure. */
  ask<Name extends Task<Store>>(task: Name, ...values: Values<Store, Name>): Promise<Result<Store, Name>> {
    const settled = Promise.withResolvers<unknown>();
    const id = this.#count++;
    this.#asked.set(id, settled);
    send(this.open(), { id, task, values });
    return settled.promise as Promise<Result<Store, Name>>;
  }

  /** Settles when all calls are done and the file is closed. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    worker.ref();
    send(worker, 'close');
    const late = setTimeout(() => void worker.terminate(), PATIENCE_MS);
    await once(worker, 'exit');
    clearTimeout(late);
  }

  #start(): Worker {
    const { module, name, settings } = this.#given;
    const worker = new Worker(module, { name, workerData: settings, resourceLimits: HEAP });
    // A thread that only waits must not keep the process alive.
    worker.unref();
    worker.on('message', (answer: StoreAnswer) => this.#received(answer));
    worker.on('error', (error: Error) => this.#died(worker, error.message));
    worker.on('exit', () => this.#died(worker, 'its thread has ended'));
    return worker;
  }

  #received(answer: StoreAnswer): void {
    if ('say' in answer) return this.#given.say(answer.say);
    if ('standing' in answer) return this.#given.standing?.(answer.standing as never);
    const settled = this.#asked.get(answer.id);
    this.#asked.delete(answer.id);
    if ('error' in answer) settled?.reject(new Error(answer.error));
    else settled?.resolve(answer.value);
  }

  /** A thread that throws ends later: by then another may have taken its place. */
  #died(worker: Worker, why: string): void {
    if (worker !== this.#worker) return;
    this.#worker = undefined;
    for (const { reject } of this.#asked.values()) reject(new Error(why));
    this.#asked.clear();
  }
}

function send(worker: Worker, message: StoreCall | 'close'): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  worker.postMessage(message);
}

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
  /** ms without a call after which the thread ends; the next call starts it again. Absent: it stays */
  readonly restAfter?: number;
}

/** ms that the last write may take when the gateway closes */
const PATIENCE_MS = 5_000;
/** MiB; the thread's heap holds a batch and an answer, and the gateway's own heap flags do not apply to it */
const HEAP = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 };

/**
 * The gateway's side of the one thread that reads and writes a file. A thread that has died is started again. An idle thread
 * takes 15 MiB, so it can end meanwhile.
 */
export class StoreThread<Store> {
  readonly #given: Given;
  readonly #asked = new Map<number, PromiseWithResolvers<unknown>>();
  #count = 0;
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** Calls that arrive while the thread closes the file for a rest; undefined: it does not. */
  #held: StoreCall[] | undefined;

  constructor(given: Given) {
    this.#given = given;
  }

  /** Starts the thread in advance: it takes a moment that no call should wait for. */
  open(): Worker {
    if (!this.#worker) {
      this.#worker = this.#start();
      this.#restsLater();
    }
    return this.#worker;
  }

  /** Rejects with the reason of the failure. */
  ask<Name extends Task<Store>>(task: Name, ...values: Values<Store, Name>): Promise<Result<Store, Name>> {
    const settled = Promise.withResolvers<unknown>();
    const id = this.#count++;
    this.#asked.set(id, settled);
    clearTimeout(this.#idle);
    const call = { id, task, values };
    if (this.#held) this.#held.push(call);
    else send(this.open(), call);
    return settled.promise as Promise<Result<Store, Name>>;
  }

  /** Settles when all calls are done and the file is closed. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    if (!worker) return;
    worker.ref();
    // Where it rests it has been told, and starts once more for what has been asked meanwhile.
    if (!this.#held) send(worker, 'close');
    const late = setTimeout(() => void worker.terminate(), PATIENCE_MS);
    await once(worker, 'exit');
    clearTimeout(late);
    if (this.#worker !== worker) await this.close();
  }

  #restsLater(): void {
    const { restAfter } = this.#given;
    if (restAfter === undefined || this.#asked.size > 0) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#rest(), restAfter).unref();
  }

  #rest(): void {
    if (!this.#worker || this.#held || this.#asked.size > 0) return;
    this.#held = [];
    send(this.#worker, 'close');
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
    this.#restsLater();
  }

  /** A thread that throws ends later: by then another may have taken its place. */
  #died(worker: Worker, why: string): void {
    if (worker !== this.#worker) return;
    this.#worker = undefined;
    const held = this.#held;
    this.#held = undefined;
    // None of them has reached it.
    if (held) return void held.forEach((call) => send(this.open(), call));
    for (const { reject } of this.#asked.values()) reject(new Error(why));
    this.#asked.clear();
  }
}

function send(worker: Worker, message: StoreCall | 'close'): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  worker.postMessage(message);
}

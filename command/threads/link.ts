import type { MessagePort, Transferable, Worker } from 'node:worker_threads';

export type Hear = (value: never, from: number) => unknown;

interface Told {
  readonly topic: string;
  readonly value: unknown;
  /** absent: no answer is wanted */
  readonly asked?: number;
}

type Answer =
  | { readonly answered: number; readonly value: unknown }
  | { readonly answered: number; readonly error: string };

/** One thread's end of the way to another. What is told in one turn of the event loop travels together. */
export class Link {
  readonly #port: MessagePort | Worker;
  readonly #hears: (topic: string) => Hear | undefined;
  readonly #from: number;
  readonly #asked = new Map<number, PromiseWithResolvers<unknown>>();
  #waiting: Told[] = [];
  /** what was heard before there was anything to hear it; undefined: there is */
  #held: Told[] | undefined;
  #count = 0;
  #isOver = false;

  /**
   * @param hears what hears of a topic here
   * @param from number of the thread at the other end
   * @param isReady false: what is heard before `ready` waits for it
   */
  constructor(
    port: MessagePort | Worker,
    hears: (topic: string) => Hear | undefined,
    from: number,
    isReady = true,
  ) {
    this.#held = isReady ? undefined : [];
    this.#port = port;
    this.#hears = hears;
    this.#from = from;
    port.on('message', (message: readonly Told[] | Answer) => {
      if (!Array.isArray(message)) return this.#answered(message as Answer);
      if (this.#held) return void this.#held.push(...(message as readonly Told[]));
      for (const told of message as readonly Told[]) this.#hear(told);
    });
  }

  /** All that hears anything here is there. Settles once what was held is done. */
  async ready(): Promise<void> {
    const held = this.#held ?? [];
    this.#held = undefined;
    await Promise.all(held.map((told) => this.#hear(told)));
  }

  tell(topic: string, value: unknown): void {
    if (this.#waiting.push({ topic, value }) === 1) setImmediate(() => this.flush());
  }

  /** With things that the other thread alone has afterwards. */
  give(topic: string, value: unknown, things: readonly Transferable[]): void {
    this.#waiting.push({ topic, value });
    this.flush(things);
  }

  ask(topic: string, value: unknown): Promise<unknown> {
    if (this.#isOver) return Promise.reject(new Error('its thread has ended'));
    const settled = Promise.withResolvers<unknown>();
    const asked = this.#count++;
    this.#asked.set(asked, settled);
    this.#waiting.push({ topic, value, asked });
    this.flush();
    return settled.promise;
  }

  /** The other thread is gone. */
  over(): void {
    this.#isOver = true;
    for (const { reject } of this.#asked.values()) reject(new Error('its thread has ended'));
    this.#asked.clear();
  }

  /** Sends what waits for the end of the turn. */
  flush(things: readonly Transferable[] = []): void {
    const all = this.#waiting;
    if (all.length === 0 || this.#isOver) return;
    this.#waiting = [];
    this.#port.postMessage(all, things);
  }

  #hear({ topic, value, asked }: Told): unknown {
    const hear = this.#hears(topic);
    if (asked === undefined) return hear?.(value as never, this.#from);
    return Promise.try(() => hear?.(value as never, this.#from)).then(
      (answer) => this.#post({ answered: asked, value: answer }),
      (error: Error) => this.#post({ answered: asked, error: error.message }),
    );
  }

  /** What was told before arrives before. */
  #post(answer: Answer): void {
    this.flush();
    if (!this.#isOver) this.#port.postMessage(answer, []);
  }

  #answered(answer: Answer): void {
    const settled = this.#asked.get(answer.answered);
    this.#asked.delete(answer.answered);
    if ('error' in answer) settled?.reject(new Error(answer.error));
    else settled?.resolve(answer.value);
  }
}

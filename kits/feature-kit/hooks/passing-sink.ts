import type { AnswerHeaders, Sink } from '../../../core/contracts/index.ts';

/** Stands before a request's sink and passes everything on. A sink that reads or changes the answer overrides a part. */
export class PassingSink implements Sink {
  readonly #sink: Sink;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  get committed(): boolean {
    return this.#sink.committed;
  }

  get isWaiting(): boolean {
    return this.#sink.isWaiting === true;
  }

  get closed(): boolean {
    return this.#sink.closed;
  }

  observe(observer: (bytes: Buffer) => void): void {
    this.#sink.observe?.(observer);
  }

  whole(status: number, headers: AnswerHeaders, body: Buffer): void {
    this.#sink.whole(status, headers, body);
  }

  head(status: number, headers: AnswerHeaders): void {
    this.#sink.head(status, headers);
  }

  write(bytes: Buffer): boolean {
    return this.#sink.write(bytes);
  }

  end(): void {
    this.#sink.end();
  }

  break(): void {
    this.#sink.break();
  }

  drained(callback: () => void): void {
    this.#sink.drained(callback);
  }
}

import type { AnswerHeaders, Sink } from '../../core/contracts/index.ts';
import { keptHeaders, type Entry } from './entry.ts';

/** Takes an answer down as it goes by. */
export class RecordingSink implements Sink {
  readonly #sink: Sink;
  readonly #largest: number;
  #headers: Record<string, string> | undefined;
  #isStream = false;
  #pieces: Buffer[] | undefined = [];
  #length = 0;
  #isWhole = false;

  constructor(sink: Sink, largest: number) {
    this.#sink = sink;
    this.#largest = largest;
  }

  /** undefined: it was no good answer, or too long */
  entry(atEpochMs: number): Entry | undefined {
    if (!this.#isWhole || !this.#pieces || !this.#headers) return undefined;
    const body = Buffer.concat(this.#pieces);
    return { atEpochMs, headers: this.#headers, isStream: this.#isStream, body };
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
    this.#begin(status, headers, false);
    this.#add(body);
    this.#isWhole = true;
    this.#sink.whole(status, headers, body);
  }

  head(status: number, headers: AnswerHeaders): void {
    this.#begin(status, headers, true);
    this.#sink.head(status, headers);
  }

  write(bytes: Buffer): boolean {
    this.#add(bytes);
    return this.#sink.write(bytes);
  }

  end(): void {
    this.#isWhole = true;
    this.#sink.end();
  }

  break(): void {
    this.#pieces = undefined;
    this.#sink.break();
  }

  drained(callback: () => void): void {
    this.#sink.drained(callback);
  }

  #begin(status: number, headers: AnswerHeaders, isStream: boolean): void {
    if (status !== 200) this.#pieces = undefined;
    this.#isStream = isStream;
    this.#headers = keptHeaders(headers);
    headers['x-switchyard-cache'] = 'miss';
  }

  #add(bytes: Buffer): void {
    this.#length += bytes.length;
    if (this.#length > this.#largest) this.#pieces = undefined;
    // The bytes may stand in a buffer that is used again.
    else this.#pieces?.push(Buffer.from(bytes));
  }
}

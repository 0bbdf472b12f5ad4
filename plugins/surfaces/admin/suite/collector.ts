import type { AnswerHeaders, Reader, Sink } from '../../../../core/contracts/index.ts';
import { eventsIn } from '../../../../wire/sse/event.ts';
import { Splitter } from '../../../../wire/sse/splitter.ts';

/** An event of a stream, and when it came on the clock of `performance.now()`. */
export interface TimedEvent {
  readonly atMs: number;
  readonly data: string;
  /** it carries content */
  readonly content: boolean;
}

/** Receives an answer as a client would, and keeps it. */
export class Collector implements Sink {
  status = 0;
  /** bytes of the body so far */
  length = 0;
  committed = false;
  closed = false;
  readonly events: TimedEvent[] = [];
  readonly #chunks: Buffer[] = [];
  readonly #splitter = new Splitter();
  readonly #reader: Reader;
  readonly #came: (event?: TimedEvent) => void;
  #isStream = false;

  /** @param came called for each event of a stream, and for each piece of another answer */
  constructor(reader: Reader, came: (event?: TimedEvent) => void) {
    this.#reader = reader;
    this.#came = came;
  }

  /** the body of an answer that is no stream */
  get body(): string {
    return Buffer.concat(this.#chunks).toString();
  }

  whole(status: number, headers: AnswerHeaders, body: Buffer): void {
    this.head(status, headers);
    this.write(body);
    this.end();
  }

  head(status: number, headers: AnswerHeaders): void {
    this.status = status;
    this.committed = true;
    this.#isStream = String(headers['content-type']).startsWith('text/event-stream');
  }

  write(bytes: Buffer): boolean {
    this.length += bytes.length;
    if (!this.#isStream) {
      this.#chunks.push(bytes);
      this.#came();
      return true;
    }
    const run = this.#splitter.push(bytes);
    if (run) this.#keep(run);
    else this.#came();
    return true;
  }

  end(): void {
    if (this.#isStream) this.#keep(this.#splitter.rest());
    this.closed = true;
  }

  break(): void {
    this.closed = true;
  }

  /** It never applies back-pressure. */
  drained(callback: () => void): void {
    callback();
  }

  #keep(run: Buffer): void {
    const atMs = performance.now();
    for (const { event } of eventsIn(run)) {
      if (event.data === '') continue;
      const timed = { atMs, data: event.data, content: this.#reader.read(event).content };
      this.events.push(timed);
      this.#came(timed);
    }
  }
}

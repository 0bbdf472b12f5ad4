import type { ServerResponse } from 'node:http';
import type { Journal, KeptEvent } from './journal.ts';

/**
 * One reader of the stream, served as fast as its connection takes it. While the connection is full nothing is buffered
 * for it; afterwards it resumes where it was, or from the current state where that position is no longer kept.
 */
export class Reader {
  readonly #response: ServerResponse;
  readonly #journal: Journal;
  readonly #hello: (resumed: boolean) => unknown;
  /** number of the last event written */
  #at = 0;
  #isFull = false;

  /** @param hello the first event */
  constructor(response: ServerResponse, journal: Journal, hello: (resumed: boolean) => unknown) {
    this.#response = response;
    this.#journal = journal;
    this.#hello = hello;
    response.on('drain', () => {
      this.#isFull = false;
      this.#catchUp();
    });
  }

  /** @param since id of the last event it has seen; undefined: a new reader */
  begin(since: string | undefined): void {
    const n = since === undefined ? undefined : this.#journal.numberIn(since);
    this.#greet(n !== undefined && this.#journal.after(n) ? n : undefined);
    this.#catchUp();
  }

  /** Called for each new event. */
  take({ n, bytes }: KeptEvent): void {
    if (this.#isFull) return;
    this.#at = n;
    this.#write(bytes);
  }

  /** A heartbeat, which is no event. */
  ping(): void {
    if (!this.#isFull) this.#write(Buffer.from(': ping\n\n'));
  }

  /** A reader that is behind catches up by itself. */
  end(): void {
    if (this.#isFull) this.#response.destroy();
    else this.#response.end();
  }

  /** @param from the number to resume from; undefined: begins with the next event */
  #greet(from: number | undefined): void {
    this.#at = from ?? this.#journal.last;
    this.#write(this.#journal.frame('hello', this.#hello(from !== undefined), this.#at));
  }

  #catchUp(): void {
    const missed = this.#journal.after(this.#at);
    if (!missed) return this.#greet(undefined);
    for (const kept of missed) {
      if (this.#isFull) return;
      this.take(kept);
    }
  }

  #write(bytes: Buffer): void {
    if (!this.#response.write(bytes)) this.#isFull = true;
  }
}

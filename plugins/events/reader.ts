import type { ServerResponse } from 'node:http';
import type { Journal, Kept } from './journal.ts';

/**
 * One who reads the stream, as fast as it can: while its connection is full nothing is kept for it, and then it goes on
 * where it was, or again where that is no longer known.
 */
export class Reader {
  readonly #response: ServerResponse;
  readonly #journal: Journal;
  readonly #hello: (resumed: boolean) => unknown;
  /** the number of the last event that was written */
  #at = 0;
  #isFull = false;

  /** @param hello what it is told first of all */
  constructor(response: ServerResponse, journal: Journal, hello: (resumed: boolean) => unknown) {
    this.#response = response;
    this.#journal = journal;
    this.#hello = hello;
    response.on('drain', () => {
      this.#isFull = false;
      this.#catchUp();
    });
  }

  /** @param since the id of the last event that it saw; undefined: it is new */
  begin(since: string | undefined): void {
    const n = since === undefined ? undefined : this.#journal.numberIn(since);
    this.#greet(n !== undefined && this.#journal.after(n) ? n : undefined);
    this.#catchUp();
  }

  /** An event that has just been added. */
  take({ n, bytes }: Kept): void {
    if (this.#isFull) return;
    this.#at = n;
    this.#write(bytes);
  }

  /** A sign of life that is no event. */
  ping(): void {
    if (!this.#isFull) this.#write(Buffer.from(': ping\n\n'));
  }

  /** Who is behind is not waited for. */
  end(): void {
    if (this.#isFull) this.#response.destroy();
    else this.#response.end();
  }

  /** @param from the number from which it goes on; undefined: it begins with what comes next */
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

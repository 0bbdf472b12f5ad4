import type { AnswerHeaders, Sink } from '../../../../../../core/contracts/index.ts';
import type { End } from '../../end.ts';
import type { Refusal } from '../refusal.ts';

/** The answer to one `response.create`, as messages. */
export class TurnSink implements Sink {
  readonly #client: End;
  readonly #broken: () => void;
  committed = false;
  /** No answer came, and the client does not know that yet. */
  refusal: Refusal | undefined;

  /** @param broken the answer ended without its end */
  constructor(client: End, broken: () => void) {
    this.#client = client;
    this.#broken = broken;
  }

  get closed(): boolean {
    return !this.#client.isOpen;
  }

  whole(status: number, _headers: AnswerHeaders, body: Buffer): void {
    this.refusal = { status, body };
  }

  head(): void {
    this.committed = true;
  }

  write(message: Buffer): boolean {
    return this.#client.send(message);
  }

  drained(callback: () => void): void {
    this.#client.drained(callback);
  }

  end(): void {
    // The connection stays open for the next one.
  }

  break(): void {
    this.#broken();
  }
}

import { GatewayError } from '../errors.ts';
import type { Delivery, Reading, Receiver } from './receiver.ts';

/** bytes: an error takes no more, and judging it must not delay other requests */
const LONGEST = 1024 * 1024;

/** Reads an answer that is not a 2xx to its end: it goes on to the client as it came, or another target is asked. */
export class RefusedRelay implements Receiver {
  readonly #reading: Reading;
  readonly #delivery: Delivery;
  readonly #status: number;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #over = false;

  constructor(reading: Reading, delivery: Delivery, status: number) {
    this.#reading = reading;
    this.#delivery = delivery;
    this.#status = status;
  }

  data(chunk: Buffer): void {
    if (this.#over) return;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length > LONGEST) this.#refuse();
  }

  end(): void {
    this.#refuse();
  }

  /** The status is known; what is missing of the text changes nothing. */
  broken(error: Error): void {
    const isStalled = error instanceof GatewayError && error.code === 'stream_stalled';
    if (error instanceof GatewayError && !isStalled && this.#length === 0) return this.#delivery.fail(error);
    this.#refuse();
  }

  #refuse(): void {
    if (this.#over) return;
    this.#over = true;
    this.#delivery.refuse({
      status: this.#status,
      headers: this.#reading.headers,
      body: Buffer.concat(this.#chunks),
    });
  }
}

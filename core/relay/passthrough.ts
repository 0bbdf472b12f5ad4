import { GatewayError } from '../errors.ts';
import { brokenOff, type Delivery, type Reading, type Receiver } from './receiver.ts';
import { plain } from './buffered.ts';

/** Relays bytes that the gateway does not read: sound, pictures, files. A break is passed on as a break. */
export class OpaqueRelay implements Receiver {
  readonly #reading: Reading;
  readonly #delivery: Delivery;
  readonly #status: number;

  constructor(reading: Reading, delivery: Delivery, status: number) {
    this.#reading = reading;
    this.#delivery = delivery;
    this.#status = status;
  }

  data(chunk: Buffer): void {
    if (!this.#delivery.committed) {
      this.#delivery.firstContent();
      this.#delivery.open(plain(this.#reading), false);
    }
    this.#delivery.countUsage(chunk);
    this.#delivery.write(chunk);
  }

  end(): void {
    if (this.#delivery.committed) this.#delivery.complete();
    else this.#delivery.whole(this.#status, plain(this.#reading), Buffer.alloc(0));
  }

  broken(error: Error): void {
    if (error instanceof GatewayError) return this.#delivery.fail(error);
    this.#delivery.fail(new GatewayError('stream_cut', brokenOff(this.#reading, error)));
  }
}

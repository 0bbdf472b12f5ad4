import { Duplex } from 'node:stream';
import type { MessagePort } from 'node:worker_threads';

/** Where a client is, and where it came to. */
export interface Ends {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
}

/** bytes; null: there are no more; 0: the last ones were taken, and more may come */
type Message = Uint8Array<ArrayBuffer> | null | 0;

/** One end of a connection between two threads, as a socket is one of a connection between two programs. */
export class Pipe extends Duplex implements Ends {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
  readonly #port: MessagePort;
  /** called once the other end has taken what was written last */
  #taken: (() => void) | undefined;
  #owesTaking = false;

  constructor(port: MessagePort, ends: Ends) {
    super({ allowHalfOpen: true });
    this.remoteAddress = ends.remoteAddress;
    this.remotePort = ends.remotePort;
    this.localAddress = ends.localAddress;
    this.localPort = ends.localPort;
    this.#port = port;
    port.on('message', (message: Message) => this.#heard(message));
    port.on('close', () => this.destroy());
  }

  // What Node and Fastify ask of a socket.
  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  override _read(): void {
    if (!this.#owesTaking) return;
    this.#owesTaking = false;
    this.#say(0);
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#give(bytes, done);
  }

  override _writev(pieces: readonly { readonly chunk: Buffer }[], done: () => void): void {
    this.#give(Buffer.concat(pieces.map(({ chunk }) => chunk)), done);
  }

  override _final(done: () => void): void {
    this.#say(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#port.close();
    done(error);
  }

  #give(bytes: Buffer, taken: () => void): void {
    this.#taken = taken;
    // The pool that a buffer may be a part of stays here.
    const copy = new Uint8Array(bytes);
    this.#port.postMessage(copy, [copy.buffer]);
  }

  #heard(message: Message): void {
    if (message === 0) {
      const taken = this.#taken;
      this.#taken = undefined;
      return taken?.();
    }
    if (message === null) return void this.push(null);
    if (this.push(Buffer.from(message.buffer))) this.#say(0);
    else this.#owesTaking = true;
  }

  #say(message: Message): void {
    this.#port.postMessage(message, []);
  }
}

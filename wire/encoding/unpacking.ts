import type { CountingTransport, Exchange, Handler } from '../../core/contracts/index.ts';
import type { IncomingHttpHeaders } from 'node:http';
import type { Transform } from 'node:stream';
import { decoderFor, type OpenDecoder } from './decompress.ts';

/** Decompresses answers of upstreams that compress unasked, no faster than they are read. */
export function unpacking(transport: CountingTransport): CountingTransport {
  return {
    request(request, handler, fresh) {
      const unpacked = new Unpacked(handler);
      unpacked.exchange = transport.request(request, unpacked, fresh);
      return unpacked;
    },
    heard: (origin) => transport.heard(origin),
    close: () => transport.close(),
  };
}

/** Stands between an exchange and its handler; where nothing is packed it only passes on. */
class Unpacked implements Exchange, Handler {
  exchange: Exchange | undefined;
  readonly #handler: Handler;
  #open: OpenDecoder | undefined;
  #encoding = '';
  #decoder: Transform | undefined;
  /** it accepts no more until its data is passed on */
  #isFull = false;
  #hasCome = false;
  #lost: Error | undefined;

  constructor(handler: Handler) {
    this.#handler = handler;
  }

  connected(reused: boolean): void {
    this.#handler.connected(reused);
  }

  head(status: number, headers: IncomingHttpHeaders): void {
    const encoding = headers['content-encoding'];
    if (encoding !== undefined) this.#packed(encoding, headers);
    this.#handler.head(status, headers);
  }

  data(chunk: Buffer): void {
    if (!this.#open) return this.#handler.data(chunk);
    this.#decoder ??= this.#opened(this.#open(chunk[0] as number));
    if (this.#decoder.write(chunk) || this.#isFull) return;
    this.#isFull = true;
    this.exchange?.pause();
  }

  end(): void {
    this.#hasCome = true;
    if (this.#decoder) this.#decoder.end();
    else this.#handler.end();
  }

  /** Data that came before is still decompressed. */
  lost(error: Error, incomplete: boolean): void {
    this.#hasCome = true;
    this.#lost = error;
    if (this.#decoder) this.#decoder.end();
    else this.#handler.lost(error, incomplete);
  }

  abort(): void {
    this.#close();
    this.exchange?.abort();
  }

  pause(): void {
    if (this.#decoder) this.#decoder.pause();
    else this.exchange?.pause();
  }

  resume(): void {
    this.#decoder?.resume();
    if (!this.#isFull) this.exchange?.resume();
  }

  /** Unpacking it would be for nothing. */
  ignore(): void {
    this.#close();
    this.exchange?.ignore();
  }

  #packed(encoding: string, headers: IncomingHttpHeaders): void {
    const decoder = decoderFor(encoding);
    if (decoder === undefined) return;
    delete headers['content-encoding'];
    if (decoder === 'plain') return;
    this.#open = decoder;
    this.#encoding = encoding;
    delete headers['content-length'];
  }

  #opened(decoder: Transform): Transform {
    return decoder
      .on('data', (chunk: Buffer) => this.#handler.data(chunk))
      .on('drain', () => {
        this.#isFull = false;
        if (!decoder.isPaused()) this.exchange?.resume();
      })
      .on('end', () => this.#unpacked())
      .on('error', (error) => this.#failed(error));
  }

  #unpacked(): void {
    // What follows the compressed data cannot be read.
    if (!this.#hasCome) this.exchange?.abort();
    if (this.#lost) this.#handler.lost(this.#lost, false);
    else this.#handler.end();
  }

  #failed(cause: Error): void {
    if (!this.#decoder) return;
    this.#close();
    this.exchange?.abort();
    const error = new Error(`its ${this.#encoding} cannot be unpacked: ${cause.message}`, { cause });
    this.#handler.lost(this.#lost ?? error, false);
  }

  #close(): void {
    this.#decoder?.destroy();
    this.#decoder = this.#open = undefined;
    this.#isFull = false;
  }
}

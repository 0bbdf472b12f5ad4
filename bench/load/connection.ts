import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { Chunked } from './chunked.ts';

/** Receiver of an answer. `body` is called as it arrives; then `end` once, with the reason if it did not end well. */
export interface Listener {
  body(text: string): void;
  end(failure?: string): void;
}

// Reads are synchronous and copied to text at once, so all sockets can share one buffer.
const shared = Buffer.allocUnsafe(64 * 1024);

/** One keep-alive HTTP/1.1 connection that posts and reads streams with as little work as possible. */
export class Connection {
  #socket: Socket;
  #listener: Listener | undefined;
  #head = '';
  #chunked: Chunked | undefined;

  constructor(port: number) {
    this.#socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: { buffer: shared, callback: (size) => this.#read(size) },
    });
    this.#socket.once('error', (error) => this.#finish(error.message));
    this.#socket.once('close', () => this.#finish('the connection was closed'));
  }

  async ready(signal?: AbortSignal): Promise<void> {
    if (this.#socket.connecting) await once(this.#socket, 'connect', signal ? { signal } : {});
  }

  get isUsable(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  post(path: string, body: string, listener: Listener): void {
    this.#listener = listener;
    this.#head = '';
    this.#chunked = undefined;
    this.#socket.write(
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAuthorization: Bearer bench\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      'latin1',
    );
  }

  /** Disconnects without a word, as a closed client does. */
  leave(): void {
    this.#listener = undefined;
    this.#socket.destroy();
  }

  #read(size: number): boolean {
    const text = shared.toString('latin1', 0, size);
    try {
      this.#take(this.#chunked === undefined ? this.#takeHead(text) : text);
    } catch (error) {
      this.#finish(error instanceof Error ? error.message : String(error));
    }
    return true;
  }

  #takeHead(text: string): string {
    this.#head += text;
    const end = this.#head.indexOf('\r\n\r\n');
    if (end === -1) return '';
    const head = this.#head.slice(0, end).toLowerCase();
    if (!head.startsWith('http/1.1 200')) throw new Error(head.slice(0, head.indexOf('\r\n')));
    if (!head.includes('transfer-encoding: chunked')) throw new Error('the stream is not chunked');
    this.#chunked = new Chunked();
    return this.#head.slice(end + 4);
  }

  #take(text: string): void {
    if (text === '' || this.#chunked === undefined) return;
    const body = this.#chunked.read(text);
    if (body !== '') this.#listener?.body(body);
    if (this.#chunked.ended) this.#finish();
  }

  #finish(failure?: string): void {
    const listener = this.#listener;
    this.#listener = undefined;
    if (failure !== undefined) this.#socket.destroy();
    listener?.end(failure);
  }
}

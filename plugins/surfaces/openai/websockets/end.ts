import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

/** How a WebSocket was closed (RFC 6455 §7.4). */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** There was no close frame, or it had no code. Neither is ever sent. */
const CUT = 1006;
const WITHOUT_CODE = 1005;
const FAILED = 1011;
/** ms that the other side has for its own close frame */
const PATIENCE_MS = 1_000;
/** ms of silence until the system asks whether the other side is still there */
const KEEP_ALIVE_MS = 30_000;
/** bytes of the longest reason */
const LONGEST_REASON = 123;

/** Codes of an orderly end: closed, or the other side went away. */
const FINE = new Set([1000, 1001, WITHOUT_CODE]);
export const isFine = ({ code }: Closing): boolean => FINE.has(code);
export const isCut = ({ code }: Closing): boolean => code === CUT;

/** One side of a WebSocket, open. */
export class End {
  readonly #socket: WebSocket;
  readonly #connection: Socket;

  constructor(socket: WebSocket, connection: Socket) {
    this.#socket = socket;
    this.#connection = connection;
    connection.setKeepAlive(true, KEEP_ALIVE_MS);
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /** @returns false when it is read slower than this is sent: wait for `drained` */
  send(message: Buffer | string, isBinary = false): boolean {
    this.#socket.send(message, { binary: isBinary });
    return !this.#connection.writableNeedDrain;
  }

  /** A ping frame, which the other side's library answers by itself. */
  ping(): void {
    if (this.isOpen) this.#socket.ping();
  }

  drained(callback: () => void): void {
    this.#connection.once('drain', callback);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** As the other side was closed; a cut becomes a code that may be sent. */
  close({ code, reason }: Closing): void {
    if (this.#socket.readyState === this.#socket.CLOSED) return;
    // One that is paused would not see the answer.
    this.#socket.resume();
    if (code === WITHOUT_CODE) this.#socket.close();
    else this.#socket.close(isSendable(code) ? code : FAILED, shortened(reason));
    const late = setTimeout(() => this.cut(), PATIENCE_MS);
    this.#socket.once('close', () => clearTimeout(late));
  }

  cut(): void {
    this.#socket.terminate();
  }
}

const isSendable = (code: number): boolean =>
  (code >= 1000 && code <= 1014 && code !== 1004 && code !== WITHOUT_CODE && code !== CUT) ||
  (code >= 3000 && code <= 4999);

function shortened(reason: string): string {
  const bytes = Buffer.from(reason);
  // The bytes of a cut character are dropped.
  return bytes.length <= LONGEST_REASON
    ? reason
    : bytes.toString('utf8', 0, LONGEST_REASON).replace(/\uFFFD+$/u, '');
}

import type { Pieces } from '../../../core/contracts/index.ts';
import { isLeftToEnd, type Writer } from '../../../wire/end-of-turn.ts';
import { shortText } from '../../../wire/short-text.ts';
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { isIncomplete } from '../../../kits/transport-kit/index.ts';
import { dial, type Place } from './dial.ts';
import type { Http1Exchange } from './exchange.ts';
import { Malformed } from './malformed.ts';
import { Parser, type Listener } from './parser.ts';

/** The pool of connections to an origin. */
export interface Pool extends Place {
  /** bytes of bodies that have come from there */
  heard: number;
  /** The connection is idle, and may be used again within `time` ms. */
  keep(connection: Connection, time: number): void;
  /** The server did not close the connection at once after a chunked answer. */
  lasted(): void;
  /** The connection is closed. @param closed the server may have closed it while it was idle */
  remove(connection: Connection, closed: boolean): void;
  /** Nothing of the request was sent, and its connection is closed: it gets a new one. */
  move(exchange: Http1Exchange, head: string, body: Buffer | Pieces | undefined): void;
}

/** Bytes of one read. Memory pages that small reads do not reach cost nothing. */
const READ = 32 * 1024;

/** One connection and its current exchange. All reads go into one buffer of its own. */
export class Connection implements Listener, Writer {
  /** its index in the pool's list */
  place = 0;
  /** since when it is idle, and until when it may be used again, in ms on the pool's clock */
  idleSinceMs = 0;
  idleUntilMs = 0;
  /** the answer before it became idle was chunked */
  isAfterChunks = false;
  readonly #pool: Pool;
  readonly #socket: Socket;
  readonly #buffer = Buffer.allocUnsafeSlow(READ);
  readonly #parser = new Parser(this);
  #exchange: Http1Exchange | undefined;
  /** the request that is sent once the connection is open; a short body is a part of the head */
  #head = '';
  #body: Buffer | Pieces | undefined;
  #isOpen = false;
  #hasCarried = false;
  /** its current request is not its first */
  #isReused = false;
  #isPaused = false;
  /** Its request waits for a check or for the end of the turn, and may still move to another connection. */
  #isWaiting = false;

  constructor(pool: Pool) {
    this.#pool = pool;
    const onread = { buffer: this.#buffer, callback: (length: number) => this.#read(length) };
    this.#socket = dial(pool, onread, () => this.#opened());
    this.#socket.on('end', () => this.#ended());
    this.#socket.on('error', (error) => this.#failed(error));
    this.#socket.on('close', () => this.#ended());
  }

  /**
   * Sends this request, at once or as soon as the connection is open.
   * @param checkMs the server may have closed it while it was idle, or closes it now: all that arrives within this time is
   * read before anything is sent; 0: all that has arrived; -1: no check
   */
  carry(exchange: Http1Exchange, head: string, body: Buffer | Pieces | undefined, checkMs = -1): void {
    this.#exchange = exchange;
    exchange.connection = this;
    const text = Buffer.isBuffer(body) ? shortText(body) : undefined;
    this.#head = text === undefined ? head : head + text;
    this.#body = text === undefined ? body : undefined;
    if (!this.#isOpen) return;
    if (checkMs < 0 && !isLeftToEnd(this)) return this.#send();
    this.#isWaiting = true;
    if (checkMs < 0) return;
    // The turn after the timer reads what came while the process was busy.
    if (checkMs > 0) return void setTimeout(() => setImmediate(() => this.#checked(true)), checkMs);
    // This turn's events were collected earlier. After the second turn all that has arrived by now has been read.
    setImmediate(() => setImmediate(() => this.#checked()));
  }

  /** Closes it now, without a word to the exchange. @param closed the server may have closed it while it was idle */
  drop(closed = false): void {
    this.#release();
    this.#parser.stop();
    this.#head = '';
    this.#body = undefined;
    this.#pool.remove(this, closed);
    this.#socket.destroy();
  }

  /** Closes it now, for that reason. @param incomplete a part of the request had not left */
  fail(error: Error, incomplete = false, closed = false): void {
    const exchange = this.#exchange;
    this.drop(closed);
    if (exchange) exchange.handler.lost(error, incomplete);
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#socket.resume();
  }

  head(status: number, headers: IncomingHttpHeaders): void {
    this.#exchange?.handler.head(status, headers);
  }

  data(chunk: Buffer): void {
    this.#pool.heard += chunk.length;
    this.#exchange?.handler.data(chunk);
  }

  end(idleMs: number): void {
    const exchange = this.#exchange as Http1Exchange;
    this.isAfterChunks = this.#parser.wasChunked;
    // An answer before the end of the request leaves the rest of the request in the socket.
    if (idleMs === 0 || this.#socket.writableLength > 0) {
      this.drop();
    } else {
      this.#release();
      if (this.#isPaused) this.resume();
      this.#pool.keep(this, idleMs);
    }
    exchange.handler.end();
  }

  #opened(): void {
    this.#isOpen = true;
    if (this.#exchange) this.#send();
  }

  #checked(lasted = false): void {
    if (lasted && this.#isWaiting && this.#exchange) this.#pool.lasted();
    this.flush();
  }

  flush(): void {
    if (!this.#isWaiting) return;
    this.#isWaiting = false;
    if (this.#exchange) this.#send();
  }

  /** Before anything was sent, the server closed the connection or sent bytes that were not asked for. */
  #move(): void {
    const exchange = this.#exchange as Http1Exchange;
    const head = this.#head;
    const body = this.#body;
    this.#isWaiting = false;
    this.drop(true);
    this.#pool.move(exchange, head, body);
  }

  #send(): void {
    const exchange = this.#exchange as Http1Exchange;
    const head = this.#head;
    const body = this.#body;
    this.#head = '';
    this.#body = undefined;
    this.#isReused = this.#hasCarried;
    this.#hasCarried = true;
    try {
      exchange.handler.connected(this.#isReused);
    } catch (error) {
      return this.fail(error as Error);
    }
    // The listener has aborted it: nothing may reach the upstream.
    if (this.#exchange !== exchange) return;
    this.#parser.begin(head.startsWith('HEAD '));
    const socket = this.#socket;
    if (!body) return void socket.write(head, 'latin1');
    socket.cork();
    socket.write(head, 'latin1');
    if (Buffer.isBuffer(body)) socket.write(body);
    else for (const piece of body as Pieces) socket.write(piece);
    socket.uncork();
  }

  #read(length: number): boolean {
    // Bytes that were not asked for would be read as the next answer.
    if (!this.#exchange || this.#isWaiting) {
      if (this.#exchange) this.#move();
      else this.drop();
      return true;
    }
    try {
      this.#parser.push(this.#buffer, length);
    } catch (error) {
      this.#thrown(error as Error);
    }
    return true;
  }

  #ended(): void {
    if (!this.#exchange) return this.drop(true);
    if (this.#isWaiting) return this.#move();
    try {
      if (!this.#parser.finish()) this.#failed(otherSideClosed());
    } catch (error) {
      this.#thrown(error as Error);
    }
  }

  /** By the parser or by the listener. A listener that throws at the end has no exchange any more: that is a warning. */
  #thrown(error: Error): void {
    if (this.#exchange) this.fail(error);
    else process.emitWarning(error);
  }

  /** The request can be sent again only if no answer had begun and a part of the request had not left. */
  #failed(cause: Error): void {
    if (this.#isWaiting && this.#exchange) return this.#move();
    const error = this.#parser.inHead ? new Malformed('a head that breaks off', { cause }) : cause;
    this.fail(error, isIncomplete(this.#socket, cause), this.#isReused && error === cause);
  }

  #release(): void {
    if (this.#exchange) this.#exchange.connection = undefined;
    this.#exchange = undefined;
  }
}

function otherSideClosed(): Error {
  return Object.assign(new Error('other side closed'), { code: 'ECONNRESET' });
}

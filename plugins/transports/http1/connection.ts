import type { Pieces } from '../../../core/contracts/index.ts';
import type { IncomingHttpHeaders } from 'node:http';
import { connect, type Socket } from 'node:net';
import { isIncomplete } from '../../../kits/transport-kit/index.ts';
import type { Http1Exchange } from './exchange.ts';
import { Malformed } from './malformed.ts';
import { Parser, type Listener } from './parser.ts';

/** Where connections are kept. */
export interface Home {
  readonly host: string;
  readonly port: number;
  /** bytes of bodies that have come from there */
  heard: number;
  /** It is free for the next request for `time` ms. */
  rest(connection: Connection, time: number): void;
  /** It is no more. @param closed the other side may have closed it as it rested */
  forget(connection: Connection, closed: boolean): void;
  /** Nothing of that request was sent, and its connection is closed: it gets a new one. */
  move(exchange: Http1Exchange, head: string, body: Buffer | Pieces | undefined): void;
}

/** Bytes of one read. Pages that small reads do not reach cost no memory. */
const READ = 32 * 1024;
/** Up to this many bytes copying a body costs less than a second write. */
const ONE_PIECE = 16 * 1024;
/** When the kernel asks whether a silent peer is still there, in ms. */
const PROBE = 60_000;

/** One TCP connection, and the exchange that has it now. Its bytes are read into a buffer of its own, again and again. */
export class Connection implements Listener {
  /** where it is in its home's list */
  place = 0;
  /** since when it rests, and until when it may be used again, in ms on its home's clock */
  restsSince = 0;
  restsUntil = 0;
  readonly #home: Home;
  readonly #socket: Socket;
  readonly #buffer = Buffer.allocUnsafeSlow(READ);
  readonly #parser = new Parser(this);
  #exchange: Http1Exchange | undefined;
  /** what is to be sent once it stands */
  #head = '';
  #body: Buffer | Pieces | undefined;
  #isOpen = false;
  #hasCarried = false;
  /** what it carries now is not its first request */
  #isReused = false;
  #isPaused = false;
  /** the end of it that may have come already is looked for before anything is sent */
  #isLooking = false;

  constructor(home: Home) {
    this.#home = home;
    this.#socket = connect({
      host: home.host,
      port: home.port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: PROBE,
      onread: { buffer: this.#buffer, callback: (length) => this.#read(length) },
    });
    this.#socket.on('connect', () => this.#opened());
    this.#socket.on('end', () => this.#ended());
    this.#socket.on('error', (error) => this.#failed(error));
    this.#socket.on('close', () => this.#ended());
  }

  /**
   * The next request is this one; sent at once, or once the connection stands.
   * @param look it may have been closed as it rested: what has come by now is read before anything is sent
   */
  carry(exchange: Http1Exchange, head: string, body: Buffer | Pieces | undefined, look = false): void {
    this.#exchange = exchange;
    exchange.connection = this;
    this.#head = head;
    this.#body = body;
    if (!this.#isOpen) return;
    if (!look) return this.#send();
    this.#isLooking = true;
    // The events of this turn were collected before now; after the second one all that had come by now has been read.
    setImmediate(() => setImmediate(() => this.#looked()));
  }

  /** Closes it now; who has it is told nothing. @param closed the other side may have closed it as it rested */
  drop(closed = false): void {
    this.#release();
    this.#parser.stop();
    this.#head = '';
    this.#body = undefined;
    this.#home.forget(this, closed);
    this.#socket.destroy();
  }

  /** Closes it now, for that reason. @param incomplete not all of the request had left */
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
    this.#home.heard += chunk.length;
    this.#exchange?.handler.data(chunk);
  }

  end(idle: number): void {
    const exchange = this.#exchange as Http1Exchange;
    // An answer that came before all of the request was sent leaves the rest of it behind.
    if (idle === 0 || this.#socket.writableLength > 0) {
      this.drop();
    } else {
      this.#release();
      if (this.#isPaused) this.resume();
      this.#home.rest(this, idle);
    }
    exchange.handler.end();
  }

  #opened(): void {
    this.#isOpen = true;
    if (this.#exchange) this.#send();
  }

  #looked(): void {
    if (!this.#isLooking) return;
    this.#isLooking = false;
    if (this.#exchange) this.#send();
  }

  /** It was closed, or something came that was not asked for, before anything was sent on it. */
  #move(): void {
    const exchange = this.#exchange as Http1Exchange;
    const head = this.#head;
    const body = this.#body;
    this.#isLooking = false;
    this.drop(true);
    this.#home.move(exchange, head, body);
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
    // Given up as it was told so: nothing may reach the upstream.
    if (this.#exchange !== exchange) return;
    this.#parser.begin(head.startsWith('HEAD '));
    const socket = this.#socket;
    if (!body) return void socket.write(head, 'latin1');
    const isOne = Buffer.isBuffer(body);
    if (isOne && body.length <= ONE_PIECE) return void socket.write(head + body.toString('latin1'), 'latin1');
    socket.cork();
    socket.write(head, 'latin1');
    if (isOne) socket.write(body);
    else for (const piece of body as Pieces) socket.write(piece);
    socket.uncork();
  }

  #read(length: number): boolean {
    // Bytes that were not asked for would be taken for the next answer.
    if (!this.#exchange || this.#isLooking) {
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
    if (this.#isLooking) return this.#move();
    try {
      if (!this.#parser.finish()) this.#failed(otherSideClosed());
    } catch (error) {
      this.#thrown(error as Error);
    }
  }

  /** By the parser, or by who listens; the latter may have thrown as it was told the end, after which nothing is told. */
  #thrown(error: Error): void {
    if (this.#exchange) this.fail(error);
    else process.emitWarning(error);
  }

  /** To send it again on another connection, it must be known whether this answer had begun and whether all had left. */
  #failed(cause: Error): void {
    if (this.#isLooking && this.#exchange) return this.#move();
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

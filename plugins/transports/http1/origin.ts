import { lengthOf } from '../../../wire/body/pieces.ts';
import type { Exchange, Handler, Pieces, UpstreamRequest } from '../../../core/contracts/index.ts';
import { Connection, type Pool } from './connection.ts';
import { Http1Exchange } from './exchange.ts';
import { requestHead } from './request-head.ts';

/** ms between two sweeps of idle connections. */
const SWEEP = 1_000;
/** Servers close idle connections after 1 s or more: one that was idle for less (ms) is used without a check. */
const TRUSTED = 500;
/** For this long (ms) after the server has closed an idle connection, each one is checked before use. */
const WARY = 60_000;

/** A server that closes its connections after each chunked answer does so within this time (ms). */
const SETTLED = 20;

/** The connections to one origin: one for each request in flight, and idle ones. */
export class Origin implements Pool {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
  session: Buffer | undefined;
  heard = 0;
  readonly #authority: string;
  readonly #now: () => number;
  readonly #emptied: () => void;
  readonly #all: Connection[] = [];
  /** the latest is used first, so that connections that are not needed grow old */
  readonly #idle: Connection[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** until when each idle connection is checked before use */
  #waryUntilMs = -Infinity;
  /** the server has been seen to keep a connection after a chunked answer; llama.cpp closes it without a word */
  #keepsAfterChunks = false;

  /**
   * @param url scheme, host and port; a user's name in it is ignored
   * @param now ms on a clock that only goes forward
   * @param emptied called a while after its last connection was closed
   */
  constructor(url: string, now: () => number, emptied: () => void) {
    const { protocol, hostname, port, host } = new URL(url);
    this.host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
    this.isSecure = protocol === 'https:';
    this.port = port === '' ? (this.isSecure ? 443 : 80) : Number(port);
    this.#authority = host;
    this.#now = now;
    this.#emptied = emptied;
  }

  /** @param fresh on a new connection @throws Unsendable */
  request(request: UpstreamRequest, handler: Handler, fresh: boolean): Exchange {
    const head = requestHead(request, this.#authority);
    const exchange = new Http1Exchange(handler);
    const body = lengthOf(request.body) > 0 ? request.body : undefined;
    const idle = fresh ? undefined : this.#takeIdle();
    if (idle) idle.carry(exchange, head, body, this.#checkMs(idle));
    else this.#opened().carry(exchange, head, body);
    return exchange;
  }

  move(exchange: Http1Exchange, head: string, body: Buffer | Pieces | undefined): void {
    this.#opened().carry(exchange, head, body);
  }

  keep(connection: Connection, time: number): void {
    connection.idleSinceMs = this.#now();
    connection.idleUntilMs = connection.idleSinceMs + time;
    this.#idle.push(connection);
  }

  lasted(): void {
    this.#keepsAfterChunks = true;
  }

  remove(connection: Connection, closed: boolean): void {
    const { place } = connection;
    if (this.#all[place] !== connection) return;
    if (closed) {
      const now = this.#now();
      this.#waryUntilMs = now + WARY;
      if (connection.isAfterChunks && now - connection.idleSinceMs < TRUSTED) this.#keepsAfterChunks = false;
    }
    const last = this.#all.pop() as Connection;
    if (last !== connection) {
      this.#all[place] = last;
      last.place = place;
    }
    const idle = this.#idle.lastIndexOf(connection);
    if (idle >= 0) this.#idle.splice(idle, 1);
  }

  close(): void {
    clearTimeout(this.#timer);
    const reason = Object.assign(new Error('the gateway closes its connections'), { code: 'ECONNABORTED' });
    for (let one = this.#all[0]; one; one = this.#all[0]) one.fail(reason);
  }

  #takeIdle(): Connection | undefined {
    if (this.#idle.length === 0) return undefined;
    const now = this.#now();
    for (;;) {
      const connection = this.#idle.pop();
      if (!connection || now < connection.idleUntilMs) return connection;
      connection.drop();
    }
  }

  /** As `carry` takes it. */
  #checkMs({ idleSinceMs, isAfterChunks }: Connection): number {
    const now = this.#now();
    const idleMs = now - idleSinceMs;
    if (isAfterChunks && !this.#keepsAfterChunks && idleMs < SETTLED) return SETTLED - idleMs;
    return idleMs >= TRUSTED || now < this.#waryUntilMs ? 0 : -1;
  }

  #opened(): Connection {
    const connection = new Connection(this);
    connection.place = this.#all.push(connection) - 1;
    this.#timer ??= setTimeout(this.#sweep, SWEEP).unref();
    return connection;
  }

  readonly #sweep = (): void => {
    const now = this.#now();
    for (const connection of this.#idle.filter(({ idleUntilMs }) => idleUntilMs <= now)) connection.drop();
    if (this.#all.length > 0) return void this.#timer?.refresh();
    this.#timer = undefined;
    this.#emptied();
  };
}

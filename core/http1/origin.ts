import type { UpstreamRequest } from '../contracts.ts';
import type { Exchange, Handler } from '../transport.ts';
import { Connection, type Home } from './connection.ts';
import { Http1Exchange } from './exchange.ts';
import { requestHead } from './request-head.ts';

/** How often idle connections are looked at, in ms. */
const SWEEP = 1_000;

/** The connections to one origin: as many as there are requests at once, and those that rest from one. */
export class Origin implements Home {
  readonly host: string;
  readonly port: number;
  heard = 0;
  readonly #authority: string;
  readonly #now: () => number;
  readonly #emptied: () => void;
  readonly #all: Connection[] = [];
  /** the one that rested last is taken first, so that those nobody needs grow old */
  readonly #resting: Connection[] = [];
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param url scheme, host and port; a user's name in it is not looked at
   * @param now ms, never going back
   * @param emptied called when its last connection has been gone for a while
   */
  constructor(url: string, now: () => number, emptied: () => void) {
    const { hostname, port, host } = new URL(url);
    this.host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
    this.port = port === '' ? 80 : Number(port);
    this.#authority = host;
    this.#now = now;
    this.#emptied = emptied;
  }

  /** @throws Unsendable */
  request(request: UpstreamRequest, handler: Handler): Exchange {
    const head = requestHead(request, this.#authority);
    const exchange = new Http1Exchange(handler);
    const { body } = request;
    const connection = this.#rested() ?? this.#opened();
    connection.carry(exchange, head, body !== undefined && body.length > 0 ? body : undefined);
    return exchange;
  }

  rest(connection: Connection, time: number): void {
    connection.restsUntil = this.#now() + time;
    this.#resting.push(connection);
  }

  forget(connection: Connection): void {
    const { place } = connection;
    if (this.#all[place] !== connection) return;
    const last = this.#all.pop() as Connection;
    if (last !== connection) {
      this.#all[place] = last;
      last.place = place;
    }
    const resting = this.#resting.lastIndexOf(connection);
    if (resting >= 0) this.#resting.splice(resting, 1);
  }

  close(): void {
    clearTimeout(this.#timer);
    const reason = Object.assign(new Error('the gateway closes its connections'), { code: 'ECONNABORTED' });
    for (let one = this.#all[0]; one; one = this.#all[0]) one.fail(reason);
  }

  #rested(): Connection | undefined {
    if (this.#resting.length === 0) return undefined;
    const now = this.#now();
    for (;;) {
      const connection = this.#resting.pop();
      if (!connection || now < connection.restsUntil) return connection;
      connection.drop();
    }
  }

  #opened(): Connection {
    const connection = new Connection(this);
    connection.place = this.#all.push(connection) - 1;
    this.#timer ??= setTimeout(this.#sweep, SWEEP).unref();
    return connection;
  }

  readonly #sweep = (): void => {
    const now = this.#now();
    for (const connection of this.#resting.filter(({ restsUntil }) => restsUntil <= now)) connection.drop();
    if (this.#all.length > 0) return void this.#timer?.refresh();
    this.#timer = undefined;
    this.#emptied();
  };
}

import { lengthOf } from '../../../wire/body/pieces.ts';
import type { Exchange, Handler, Pieces, UpstreamRequest } from '../../../core/contracts/index.ts';
import { Connection, type Home } from './connection.ts';
import { Http1Exchange } from './exchange.ts';
import { requestHead } from './request-head.ts';

/** How often idle connections are looked at, in ms. */
const SWEEP = 1_000;
/** Who closes connections that rest does so after 1 s or more: one that rested for less is used without a look. */
const RESTED = 500;
/** But for this long (ms) after a connection was closed as it rested, each is looked at. */
const WARY = 60_000;

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
  /** until when each connection is looked at before it is used again */
  #waryUntil = -Infinity;

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

  /** @param fresh on a connection that carried nothing before @throws Unsendable */
  request(request: UpstreamRequest, handler: Handler, fresh: boolean): Exchange {
    const head = requestHead(request, this.#authority);
    const exchange = new Http1Exchange(handler);
    const body = lengthOf(request.body) > 0 ? request.body : undefined;
    const rested = fresh ? undefined : this.#rested();
    if (rested) rested.carry(exchange, head, body, this.#mayBeClosed(rested));
    else this.#opened().carry(exchange, head, body);
    return exchange;
  }

  move(exchange: Http1Exchange, head: string, body: Buffer | Pieces | undefined): void {
    this.#opened().carry(exchange, head, body);
  }

  rest(connection: Connection, time: number): void {
    connection.restsSince = this.#now();
    connection.restsUntil = connection.restsSince + time;
    this.#resting.push(connection);
  }

  forget(connection: Connection, closed: boolean): void {
    const { place } = connection;
    if (this.#all[place] !== connection) return;
    if (closed) this.#waryUntil = this.#now() + WARY;
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

  #mayBeClosed({ restsSince }: Connection): boolean {
    const now = this.#now();
    return now - restsSince >= RESTED || now < this.#waryUntil;
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

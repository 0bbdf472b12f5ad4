import type { IncomingHttpHeaders } from 'node:http';
import { buildConnector, Client, Pool, type Dispatcher } from 'undici';
import type { UpstreamRequest } from './contracts.ts';

/** What comes back of one request, in this order: connected, head, data…, then one of end and lost. */
export interface Handler {
  /** @param reused the connection had carried a request before */
  connected(reused: boolean): void;
  head(status: number, headers: IncomingHttpHeaders): void;
  data(chunk: Buffer): void;
  end(): void;
  lost(error: Error): void;
}

/** One request under way. After `abort` nothing is called any more. */
export interface Exchange {
  abort(): void;
  pause(): void;
  resume(): void;
  /** Nobody wants what still comes: it is read out as fast as it comes. */
  ignore(): void;
}

/** The one narrow call behind `send`: whatever fulfils it can take undici's place. */
export interface Transport {
  request(request: UpstreamRequest, handler: Handler): Exchange;
  close(): Promise<void>;
}

/** It also counts what comes. */
export interface CountingTransport extends Transport {
  /** bytes of answers' bodies that have come from an origin: whether somebody there is answering shows when they grow */
  heard(origin: string): number;
}

const gone = new Error('the exchange is over');

/** Our own clocks watch the phases; this only frees the socket of a connection that never came. */
const CONNECT_GIVES_UP = 30_000;

/**
 * undici, one pool an origin, HTTP/1.1, TLS verified. Idle connections are kept for less than the 5 s after which
 * uvicorn and Node servers close theirs.
 */
export function undiciTransport(): CountingTransport {
  const origins = new Map<string, { readonly pool: Pool; heard: number }>();
  return {
    request(request, handler) {
      let origin = origins.get(request.origin);
      if (!origin) origins.set(request.origin, (origin = { pool: openPool(request.origin), heard: 0 }));
      const exchange = new UndiciExchange(handler, origin);
      origin.pool.dispatch(
        {
          path: request.path,
          method: request.method as Dispatcher.HttpMethod,
          headers: request.headers,
          body: request.body ?? null,
        },
        exchange,
      );
      return exchange;
    },
    heard: (origin) => origins.get(origin)?.heard ?? 0,
    async close() {
      await Promise.all([...origins.values()].map(({ pool }) => pool.destroy()));
      origins.clear();
    },
  };
}

function openPool(url: string): Pool {
  const connect = buildConnector({ timeout: CONNECT_GIVES_UP });
  return new Pool(url, {
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 60_000,
    allowH2: false,
    factory: (origin, options) => {
      const place: Place = new Place(origin, {
        ...options,
        connect: (wanted, callback) =>
          connect(wanted, (...result) => {
            place.fresh = true;
            callback(...result);
          }),
      });
      return place;
    },
  });
}

/** One of a pool's connections, again and again: it tells whether the one that is there now has carried a request. */
class Place extends Client {
  fresh = true;

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    (handler as UndiciExchange).place = this;
    return super.dispatch(options, handler);
  }
}

class UndiciExchange implements Exchange, Dispatcher.DispatchHandler {
  place: Place | undefined;
  readonly #origin: { heard: number };
  #handler: Handler | undefined;
  #controller: Dispatcher.DispatchController | undefined;

  constructor(handler: Handler, origin: { heard: number }) {
    this.#handler = handler;
    this.#origin = origin;
  }

  abort(): void {
    this.#handler = undefined;
    this.#controller?.abort(gone);
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  ignore(): void {
    this.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Given up while still connecting: nothing may reach the upstream.
    if (!this.#handler) return controller.abort(gone);
    const { place } = this;
    const reused = place?.fresh === false;
    if (place) place.fresh = false;
    this.#handler.connected(reused);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status >= 200) this.#handler?.head(status, headers);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#origin.heard += chunk.length;
    this.#handler?.data(chunk);
  }

  onResponseEnd(): void {
    const handler = this.#handler;
    this.#handler = undefined;
    handler?.end();
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    const handler = this.#handler;
    this.#handler = undefined;
    handler?.lost(error);
  }
}

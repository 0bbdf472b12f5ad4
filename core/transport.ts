import type { IncomingHttpHeaders } from 'node:http';
import { buildConnector, Pool, type Dispatcher } from 'undici';
import type { UpstreamRequest } from './contracts.ts';

/** What comes back of one request, in this order: connected, head, data…, then one of end and fail. */
export interface Handler {
  /** @param reused the connection had carried a request before */
  connected(reused: boolean): void;
  head(status: number, headers: IncomingHttpHeaders): void;
  data(chunk: Buffer): void;
  end(): void;
  fail(error: Error): void;
}

/** One request under way. After `abort` nothing is called any more. */
export interface Exchange {
  abort(): void;
  pause(): void;
  resume(): void;
}

/** The one narrow call behind `send`: whatever fulfils it can take undici's place. */
export interface Transport {
  request(request: UpstreamRequest, handler: Handler): Exchange;
  close(): Promise<void>;
}

const gone = new Error('the exchange is over');

/** Our own clocks watch the phases; this only frees the socket of a connection that never came. */
const CONNECT_GIVES_UP = 30_000;

/**
 * undici, one pool an origin, HTTP/1.1, TLS verified. Idle connections are kept for less than the 5 s after which
 * uvicorn and Node servers close theirs.
 */
export function undiciTransport(): Transport {
  const pools = new Map<string, Origin>();
  return {
    request(request, handler) {
      let origin = pools.get(request.origin);
      if (!origin) pools.set(request.origin, (origin = openOrigin(request.origin)));
      const exchange = new UndiciExchange(origin, handler);
      origin.pool.dispatch({ path: request.path, method: request.method as Dispatcher.HttpMethod, headers: request.headers, body: request.body ?? null }, exchange);
      return exchange;
    },
    async close() {
      await Promise.all([...pools.values()].map(({ pool }) => pool.destroy()));
      pools.clear();
    },
  };
}

interface Origin {
  readonly pool: Pool;
  /** connections made so far: what tells a reused one from a new one */
  opened: number;
}

function openOrigin(url: string): Origin {
  const connect = buildConnector({ timeout: CONNECT_GIVES_UP });
  const origin: Origin = {
    opened: 0,
    pool: new Pool(url, {
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: 4_000,
      keepAliveMaxTimeout: 60_000,
      allowH2: false,
      connect: (options, callback) =>
        connect(options, (...result) => {
          if (result[1]) origin.opened++;
          callback(...result);
        }),
    }),
  };
  return origin;
}

class UndiciExchange implements Exchange, Dispatcher.DispatchHandler {
  readonly #origin: Origin;
  readonly #openedBefore: number;
  #handler: Handler | undefined;
  #controller: Dispatcher.DispatchController | undefined;

  constructor(origin: Origin, handler: Handler) {
    this.#origin = origin;
    this.#openedBefore = origin.opened;
    this.#handler = handler;
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

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Given up while still connecting: nothing may reach the upstream.
    if (!this.#handler) controller.abort(gone);
    else this.#handler.connected(this.#origin.opened === this.#openedBefore);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status >= 200) this.#handler?.head(status, headers);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
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
    handler?.fail(error);
  }
}

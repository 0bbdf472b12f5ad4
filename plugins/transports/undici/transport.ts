import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { buildConnector, Client, Dispatcher, Pool } from 'undici';
import { lengthOf, slicesOf } from '../../../wire/body/pieces.ts';
import type {
  CountingTransport,
  Exchange,
  Handler,
  OutboundProxies,
  OutboundProxy,
} from '../../../core/contracts/index.ts';
import {
  errorBehind,
  isIncomplete,
  LONGEST_HEAD,
  Proxies,
  proxyError,
  undici,
} from '../../../kits/transport-kit/index.ts';

const gone = new Error('the exchange is over');

/** Servers close idle connections after 1 s or more: if one was used within this time (ms), undici's own check is enough. */
const QUIET = 500;

/** The gateway has its own timeouts for the phases; this only frees the socket of a connection that never opened. */
const CONNECT_GIVES_UP = 30_000;

/**
 * undici: one pool per origin, HTTP/1.1, TLS verified. Idle connections are kept for less than the 5 s after which uvicorn and
 * Node servers close them.
 * @param proxies the proxies in front of origins
 */
export function undiciTransport(proxies: OutboundProxies = new Proxies({})): CountingTransport {
  const origins = new Map<string, Origin>();
  /** pools of a single request that needed a new connection */
  const once = new Set<Dispatcher>();
  const open = (origin: string): Origin => {
    const proxy = proxies.for(origin);
    return { pool: openPool(origin, proxy), proxy, heard: 0, usedMs: Infinity };
  };
  const closeAfter = async (pool: Dispatcher): Promise<void> => {
    once.add(pool);
    await pool.close().catch(() => {});
    once.delete(pool);
  };
  return {
    request(request, handler, fresh = false) {
      let origin = origins.get(request.origin);
      if (!origin) origins.set(request.origin, (origin = open(request.origin)));
      const exchange = new UndiciExchange(handler, origin);
      const dispatch = (pool: Dispatcher): void => {
        if (exchange.isOver) return;
        const { path, method, headers, body = null } = request;
        const slices = slicesOf(request.body);
        pool.dispatch(
          {
            origin: request.origin,
            path,
            method: method as Dispatcher.HttpMethod,
            headers: slices ? { ...headers, 'content-length': String(lengthOf(request.body)) } : headers,
            body: (slices ?? body) as Buffer | null,
          },
          exchange,
        );
      };
      const { pool: kept } = origin;
      exchange.again = () => setImmediate(dispatch, kept);
      if (fresh) {
        const { pool } = open(request.origin);
        dispatch(pool);
        void closeAfter(pool);
      } else if (performance.now() - origin.usedMs > QUIET) {
        // This turn's events were collected earlier. undici waits for the end of the turn; later events are read only then.
        setImmediate(dispatch, kept);
      } else {
        dispatch(kept);
      }
      return exchange;
    },
    heard: (origin) => origins.get(origin)?.heard ?? 0,
    async close() {
      const pools = [...[...origins.values()].map(({ pool }) => pool), ...once];
      await Promise.all(pools.map((pool) => pool.destroy()));
      origins.clear();
    },
  };
}

interface Origin {
  readonly pool: Dispatcher;
  readonly proxy: OutboundProxy | undefined;
  /** bytes of bodies that have arrived from there */
  heard: number;
  /** when the last answer ended */
  usedMs: number;
}

const SETTINGS = {
  headersTimeout: 0,
  maxHeaderSize: LONGEST_HEAD,
  bodyTimeout: 0,
  keepAliveTimeout: 4_000,
  keepAliveMaxTimeout: 60_000,
  allowH2: false,
} as const;

function openPool(url: string, proxy: OutboundProxy | undefined): Dispatcher {
  const { buildConnector, Pool, ProxyAgent } = undici();
  if (!proxy) return poolOf(url, { connect: buildConnector({ timeout: CONNECT_GIVES_UP }) });
  return new ProxyAgent({
    ...SETTINGS,
    uri: proxy.uri,
    connectTimeout: CONNECT_GIVES_UP,
    // The connection to the proxy itself, for the CONNECT request.
    clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: CONNECT_GIVES_UP }),
    factory: (origin, options) => poolOf(origin, options, proxy),
  });
}

function poolOf(url: string | URL, given: object, proxy?: OutboundProxy): Pool {
  const { Client, Pool } = undici();
  return new Pool(url, {
    ...SETTINGS,
    ...given,
    factory: (origin, options: Client.Options) => {
      const connect = options.connect as buildConnector.connector;
      const place = new Place();
      const client = new Client(origin, {
        ...options,
        connect: (wanted, callback) =>
          connect(wanted, (...[error, socket]) => {
            if (error) return callback(proxy ? proxyError(error, proxy) : error, null);
            place.opened(socket);
            callback(null, socket);
          }),
      });
      const dispatch = client.dispatch.bind(client);
      client.dispatch = (
        request: Dispatcher.DispatchOptions,
        handler: Dispatcher.DispatchHandler,
      ): boolean => {
        (handler as UndiciExchange).place = place;
        return dispatch(request, handler);
      };
      return client;
    },
  });
}

/** One of a pool's places for a connection: it knows whether its current connection has carried a request. */
class Place {
  fresh = true;
  /** a part of what was written to its last connection had not left when that was lost */
  incomplete = false;
  #socket: Socket | undefined;

  /** Must be called before undici listens, because undici destroys the socket at the first sign of its end. */
  opened(socket: Socket): void {
    this.#socket = socket;
    this.fresh = true;
    this.incomplete = false;
    const lost = (cause?: Error): void => {
      if (this.#socket === socket) this.incomplete ||= isIncomplete(socket, cause);
    };
    socket.once('end', lost).once('error', lost);
  }

  /** bytes that have arrived on its connection */
  get read(): number {
    return this.#socket?.bytesRead ?? 0;
  }
}

class UndiciExchange implements Exchange, Dispatcher.DispatchHandler {
  place: Place | undefined;
  /** Sends the request, of which nothing was sent, once more. */
  again: (() => void) | undefined;
  readonly #origin: Origin;
  #handler: Handler | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #readBefore = 0;

  constructor(handler: Handler, origin: Origin) {
    this.#handler = handler;
    this.#origin = origin;
  }

  get isOver(): boolean {
    return this.#handler === undefined;
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
    // Aborted while still connecting: nothing may reach the upstream.
    if (!this.#handler) return controller.abort(gone);
    const { place } = this;
    const reused = place?.fresh === false;
    if (place) {
      place.fresh = false;
      this.#readBefore = place.read;
    }
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
    this.#origin.usedMs = performance.now();
    const handler = this.#handler;
    this.#handler = undefined;
    handler?.end();
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    const { again } = this;
    this.again = undefined;
    if (again && this.#wasIdle(error)) return again();
    const handler = this.#handler;
    this.#handler = undefined;
    const { place } = this;
    const isUnheard = place !== undefined && place.incomplete && place.read === this.#readBefore;
    handler?.lost(errorBehind(error, this.#origin.proxy), isUnheard);
  }

  /**
   * The kept connection was reset while undici checked it before use: undici fails what waits for it, and nothing was sent.
   * The next one goes elsewhere, since that connection is gone.
   */
  #wasIdle(error: Error): boolean {
    const isReset = (error as NodeJS.ErrnoException).syscall === 'read';
    return isReset && this.#controller === undefined && this.place?.fresh === false;
  }
}

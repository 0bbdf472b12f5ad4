import { EventEmitter } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { createServer } from '../wire/node-http.ts';
import { withOneVersion } from './request-target.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A fresh app that is ready, beside the one that answers. */
export interface Renewal {
  readonly app: FastifyInstance;
  /** From now on it answers. */
  readonly swap: () => Swapped;
}

/** The apps that have answered are counted from 0. */
export interface Swapped {
  /** of the one that answers from now on */
  readonly nth: number;
  /** Settles when each request has ended that one of the apps from the `first` to the last before this has got. */
  readonly endedFrom: (first: number) => Promise<void>;
}

/** Makes a fresh app with other limits. @throws what `build` or a plugin in it throws: then nothing has changed */
export type Renew = (
  limits: Pick<FastifyServerOptions, 'bodyLimit'>,
  build: (app: FastifyInstance) => Promise<void>,
) => Promise<Renewal>;

/** The requests that one app answers. */
class Generation {
  readonly handler: Handler;
  readonly nth: number;
  readonly #ended = Promise.withResolvers<void>();
  readonly ended = this.#ended.promise;
  #running = 0;
  #isOver = false;

  constructor(handler: Handler, nth: number) {
    this.handler = handler;
    this.nth = nth;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.#running++;
    response.on('close', this.#left);
    this.handler(request, response);
  }

  /** It gets no more requests. */
  close(): void {
    this.#isOver = true;
    if (this.#running === 0) this.#ended.resolve();
  }

  // One function for all: a closure for each request costs more.
  readonly #left = (): void => {
    this.#running--;
    if (this.#isOver && this.#running === 0) this.#ended.resolve();
  };
}

/**
 * A Fastify app whose routes and hooks can be replaced while it listens. Its server hands each request to the app that is
 * in force; fresh apps have no server of their own.
 */
export function renewable(options: FastifyServerOptions): {
  readonly app: FastifyInstance;
  readonly renew: Renew;
} {
  let current: Generation | undefined;
  /** that answer no new requests, and have not ended */
  const closing = new Set<Generation>();
  const app = Fastify({
    rewriteUrl: withOneVersion,
    ...options,
    serverFactory: (handler, all) => {
      current ??= new Generation(handler as Handler, 0);
      return serverOf((request, response) => current!.handle(request, response), all as FastifyServerOptions);
    },
  });
  const { logger: _, ...others } = options;
  const renew: Renew = async (limits, build) => {
    let next: Handler | undefined;
    const fresh = Fastify({
      rewriteUrl: withOneVersion,
      ...others,
      ...limits,
      // It has no connections to close.
      forceCloseConnections: false,
      loggerInstance: app.log,
      serverFactory: (handler) => {
        next = handler as Handler;
        return serverless();
      },
    }) as unknown as FastifyInstance;
    fresh.register(build);
    await fresh.ready();
    const swap = (): Swapped => {
      const before = current as Generation;
      const nth = before.nth + 1;
      current = new Generation(next as Handler, nth);
      closing.add(before);
      void before.ended.then(() => closing.delete(before));
      before.close();
      const endedFrom = async (first: number): Promise<void> => {
        await Promise.all([...closing].filter((one) => one.nth >= first).map(({ ended }) => ended));
      };
      return { nth, endedFrom };
    };
    return { app: fresh, swap };
  };
  return { app, renew };
}

function serverOf(
  handler: Handler,
  { connectionTimeout = 0, keepAliveTimeout, requestTimeout }: FastifyServerOptions,
): Server {
  const server = createServer(handler);
  if (keepAliveTimeout !== undefined) server.keepAliveTimeout = keepAliveTimeout;
  if (requestTimeout !== undefined) server.requestTimeout = requestTimeout;
  server.setTimeout(connectionTimeout);
  return server;
}

/** All that Fastify does with the server of an app that never listens. A real one would keep a timer and its listeners. */
function serverless(): Server {
  const close = (done?: () => void): void => done?.();
  return Object.assign(new EventEmitter(), { close, address: () => null }) as unknown as Server;
}

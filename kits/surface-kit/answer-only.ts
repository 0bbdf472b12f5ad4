import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Host } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { callersRoute, type RouteAccess } from './route-access.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown;

export interface OnlyRoute {
  readonly url: string;
  /** the one method that is answered */
  readonly method: 'GET' | 'POST';
  readonly handler: Handler;
  /** answers a `GET` too, which may ask for a WebSocket; absent: a WebSocket is refused */
  readonly socket?: Handler;
  readonly config?: RouteAccess;
}

/**
 * Answers a path by one method; any other gets a 405 that names it. It is one route for all methods: a start takes longer
 * for each route, and surfaces have hundreds of paths.
 */
export function answerOnly(
  app: Host['app'],
  { url, method, handler, socket, config = callersRoute }: OnlyRoute,
): void {
  const asks = (request: FastifyRequest, one: string): boolean =>
    request.method === one || (request.method === 'HEAD' && one === 'GET');
  app.route({
    method: METHODS,
    url,
    config,
    handler: (request, reply) => {
      if (asks(request, method)) return handler(request, reply);
      if (socket && asks(request, 'GET')) return socket(request, reply);
      refuseUpgrade(request);
      notAllowed(request, reply, method);
    },
  });
}

/** @throws GatewayError `method_not_allowed` */
export function notAllowed(request: FastifyRequest, reply: FastifyReply, allowed: string): never {
  reply.header('allow', allowed);
  throw new GatewayError(
    'method_not_allowed',
    `${request.method} is not allowed on ${request.url.split('?')[0]}; use ${allowed}`,
  );
}

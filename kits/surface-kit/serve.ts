import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Dialect, Host } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { callersRoute, type RouteAccess } from './route-access.ts';
import { answer } from './answer.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { readCall, type ModelPath } from './read-call.ts';

/** Answers `POST url` by a provider of the model that the body names; any other method gets a 405. */
export function serve(
  { app, gateway }: Host,
  url: string,
  entry: ModelPath,
  dialect: Dialect,
  config: RouteAccess = callersRoute,
): void {
  app.post(
    url,
    { config: { ...config, inEachThread: true } },
    (request: FastifyRequest, reply: FastifyReply) => {
      const call = readCall(request, entry, gateway.acceptsCallersKey);
      return answer(call, dialect, request, reply, gateway);
    },
  );
  onlyAllows(app, url, 'POST', config);
}

/** Any other method gets a 405 that names the one there is. @param taken one that has a route of its own */
export function onlyAllows(
  app: Host['app'],
  url: string,
  allowed: 'GET' | 'POST',
  config: RouteAccess = callersRoute,
  taken?: 'GET',
): void {
  const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter(
    (method) => method !== allowed && method !== taken,
  );
  app.route({
    method: methods,
    url,
    config,
    handler: (request, reply) => {
      refuseUpgrade(request);
      notAllowed(request, reply, allowed);
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

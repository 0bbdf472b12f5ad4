import type { FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Host } from '../../../../core/contracts/index.ts';
import { GatewayError } from '../../../../core/errors.ts';
import {
  callersRoute,
  notAllowed,
  refuseUpgrade,
  takeUpgrades,
  upgradeOf,
  wantsWebSocket,
} from '../../../../kits/surface-kit/index.ts';
import type { ResponsesMemory } from '../responses/state/memory.ts';
import { realtimeSocket, responsesSocket } from './dialects.ts';
import { loadSockets } from './load-sockets.ts';
import { mayHaveSocket } from './responses/choose.ts';
import type { SocketHandler } from './socket-handler.ts';

const PATHS: Readonly<Record<string, string>> = {
  realtime: realtimeSocket.surface,
  responses: responsesSocket.surface,
};

/**
 * Takes WebSockets on `/realtime`, and returns the handler of those on `/responses`. Where no provider has the API, none is
 * taken: the handshake is then answered as any request, at once.
 */
export function serveWebSockets(
  host: Host,
  prefixes: readonly string[],
  memory: ResponsesMemory,
): { readonly responses: SocketHandler } {
  const { app } = host;
  const path = new RegExp(`^${app.prefix}(?:${prefixes.join('|')})/+(realtime|responses)/*$`);
  const surfaceOf = (url: string): string | undefined => PATHS[path.exec(url.split('?')[0] ?? '')?.[1] ?? ''];
  takeUpgrades(app, (request: IncomingMessage) => {
    const surface = wantsWebSocket(request) ? surfaceOf(request.url ?? '') : undefined;
    return surface !== undefined && hasSome(host, surface);
  });
  const handled =
    (surface: string, serve: SocketHandler): SocketHandler =>
    async (request, reply) => {
      if (!upgradeOf(request)) refuseUpgrade(request);
      try {
        await serve(request, reply);
      } catch (error) {
        throw (error as GatewayError).code === 'surface_not_found'
          ? noSocket(request, surface, error)
          : error;
      }
    };
  const passThrough = loadSockets(host, async () => {
    const { serveRealtime } = await import('./realtime/serve.ts');
    return () => serveRealtime(host);
  });
  const realtime = handled(realtimeSocket.surface, (request, reply) => {
    if (upgradeOf(request)) return passThrough(request, reply);
    throw new GatewayError('upgrade_refused', `${pathOf(request)} is a WebSocket: connect to it as one`);
  });
  for (const prefix of prefixes) app.get(`${prefix}/realtime`, { config: callersRoute }, realtime);
  const responses = loadSockets(host, async () => {
    const { serveResponsesSockets } = await import('./responses/serve.ts');
    return () => serveResponsesSockets(host, memory);
  });
  return {
    responses: handled(responsesSocket.surface, (request, reply) => {
      if (!upgradeOf(request)) return notAllowed(request, reply, 'POST');
      if (!mayHaveSocket(host, request)) throw noSocket(request, responsesSocket.surface);
      return responses(request, reply);
    }),
  };
}

const pathOf = ({ url }: FastifyRequest): string => url.split('?')[0] as string;

/** Some provider has the API. */
const hasSome = ({ gateway }: Host, surface: string): boolean =>
  [...gateway.upstreams.values()].some(({ provider }) => provider.surfaces.includes(surface));

/** Before the upgrade: the client may go on without one. */
const noSocket = (request: FastifyRequest, surface: string, cause?: unknown): GatewayError =>
  new GatewayError(
    'upgrade_refused',
    `no provider passes on a WebSocket on ${pathOf(request)} for this: the 'surfaces' of one that does have '${surface}'`,
    { cause },
  );

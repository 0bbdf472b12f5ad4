import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../../core/errors.ts';

/**
 * A client that wants a WebSocket where no provider has one is told at once that there is none: Codex goes on without one at a 426, and tries for
 * some seconds at anything else.
 * @throws GatewayError `upgrade_refused`
 */
export function refuseUpgrade({ headers, url }: FastifyRequest): void {
  if (headers.upgrade?.toLowerCase() !== 'websocket') return;
  const path = url.split('?')[0];
  const instead = path?.endsWith('/realtime') === true ? 'POST /v1/responses' : `POST ${path}`;
  throw new GatewayError(
    'upgrade_refused',
    `${path} is not served as a WebSocket here; use ${instead} with "stream": true`,
  );
}

import type { FastifyRequest } from 'fastify';
import type { Host } from '../../core/contracts/index.ts';
import { ownKeyRoute } from '../../kits/surface-kit/index.ts';
import type { Role } from './key-record.ts';
import type { OwnAccess } from './own-access-answer.ts';

/**
 * `GET /access`: what a request's key may do here.
 * @param roleOf of the key that a request has sent; without any key in the gateway that of an admin
 */
export function accessRoute({ app }: Host, roleOf: (request: FastifyRequest) => Role): void {
  app.get('/access', { config: ownKeyRoute }, (request): OwnAccess => ({
    key: request.keyName ?? null,
    role: roleOf(request),
  }));
}

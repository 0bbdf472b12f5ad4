import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../../core/errors.ts';
import { upgradeOf, type RouteAccess } from '../../kits/surface-kit/index.ts';
import { keyInProtocols } from '../../wire/socket-protocols.ts';
import type { Role } from './key-record.ts';

/** The key that a request has sent: as a Bearer token, `x-api-key`, `api-key` or `x-goog-api-key`, or in a subprotocol. */
export function keyIn(headers: IncomingHttpHeaders): string | undefined {
  const { authorization, 'x-api-key': own, 'api-key': azure, 'x-goog-api-key': google } = headers;
  const bearer = authorization === undefined ? undefined : bearerIn(authorization);
  const key = bearer ?? own ?? azure ?? google ?? keyInProtocols(headers);
  return Array.isArray(key) ? key[0] : key;
}

const USUAL = 'Bearer ';
const PLAIN = /^[!-~]+$/;

/** As nearly all clients write it, it is found without a match's list. */
function bearerIn(authorization: string): string | undefined {
  const rest = authorization.startsWith(USUAL) ? authorization.slice(USUAL.length) : '';
  return PLAIN.test(rest) ? rest : /^bearer\s+(\S+)$/i.exec(authorization)?.[1];
}

/** Clients of Google's API may send it as `?key=`. No log and no trace has a URL's query. */
export function keyInQuery(
  { query }: FastifyRequest,
  { keyInQuery: isAllowed }: RouteAccess,
): string | undefined {
  const { key } = query as { key?: unknown };
  return isAllowed === true && typeof key === 'string' ? key : undefined;
}

/**
 * A viewer reads everything, and a caller only calls.
 * @param forCallers a path that callers of models need; any other manages the gateway
 * @throws GatewayError `role_not_allowed`
 */
export function checkRole(role: Role, name: string, request: FastifyRequest, forCallers: boolean): void {
  if (role === 'admin' || (role === 'viewer' ? isReading(request) : forCallers)) return;
  throw new GatewayError(
    'role_not_allowed',
    role === 'viewer'
      ? `'${name}' is a viewer, which changes nothing and calls no model`
      : `'${name}' is a caller: this path needs an admin`,
  );
}

/** The handshake of a WebSocket is a GET, and what follows it calls models. */
const isReading = (request: FastifyRequest): boolean =>
  (request.method === 'GET' || request.method === 'HEAD') && upgradeOf(request) === undefined;

/** Another gateway asks for models, and for what is for peers. @throws GatewayError `role_not_allowed` */
export function checkPeer(name: string, { forCallers, forPeers, open }: RouteAccess): void {
  if (forCallers || forPeers || open) return;
  throw new GatewayError('role_not_allowed', `'${name}' is another gateway: this path needs an admin`);
}

export const notOfPeer = (): GatewayError =>
  new GatewayError(
    'wrong_api_key',
    'only another gateway asks for this: its key must stand in an entry of peers in the config of this one',
  );

type Needed = 'apiKeys' | 'adminKeys';

export const missing = (needed: Needed): GatewayError =>
  new GatewayError(
    'missing_api_key',
    `this ${needed === 'apiKeys' ? 'gateway' : 'path'} asks for a key: send one of server.${needed}, or one that was made for you, as \`Authorization: Bearer …\``,
  );

export const wrong = (needed: Needed): GatewayError =>
  new GatewayError('wrong_api_key', `the key is not one of server.${needed}, and was not made here`);

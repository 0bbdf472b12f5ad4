import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../../core/errors.ts';
import type { Role } from './key-record.ts';

/** The key that a request has sent: as a Bearer token, `x-api-key` or `api-key`. */
export function keyIn({
  authorization,
  'x-api-key': own,
  'api-key': azure,
}: IncomingHttpHeaders): string | undefined {
  const bearer = /^bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  const key = bearer ?? own ?? azure;
  return Array.isArray(key) ? key[0] : key;
}

interface Asked {
  readonly method: string;
  /** a path that callers of models need; any other manages the gateway */
  readonly forCallers: boolean;
}

/** A viewer reads everything, and a caller only calls. @throws GatewayError `role_not_allowed` */
export function checkRole(role: Role, name: string, { method, forCallers }: Asked): void {
  const isReading = method === 'GET' || method === 'HEAD';
  if (role === 'admin' || (role === 'viewer' ? isReading : forCallers)) return;
  throw new GatewayError(
    'role_not_allowed',
    role === 'viewer'
      ? `the key '${name}' is a viewer's, which changes nothing and calls no model`
      : `the key '${name}' is a caller's: this path needs the key of an admin`,
  );
}

type Needed = 'apiKeys' | 'adminKeys';

export const missing = (needed: Needed): GatewayError =>
  new GatewayError(
    'missing_api_key',
    `this ${needed === 'apiKeys' ? 'gateway' : 'path'} asks for a key: send one of server.${needed}, or one that was made for you, as \`Authorization: Bearer …\``,
  );

export const wrong = (needed: Needed): GatewayError =>
  new GatewayError('wrong_api_key', `the key is not one of server.${needed}, and was not made here`);

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FeaturePlugin } from '../core/contracts/index.ts';
import { GatewayError } from '../core/errors.ts';
import type { RouteAccess } from '../kits/surface-kit/index.ts';

/**
 * With `server.apiKeys` set, every caller must send one: as a Bearer token, `x-api-key` or `api-key`. With
 * `server.adminKeys` set, every request that reads or changes the gateway itself must send one of those.
 */
export default {
  name: 'auth',
  after: ['guard'],
  options: { type: 'object', additionalProperties: false, properties: {} },
  create(_options, { app, config: { server } }) {
    const callers = server.apiKeys.map((key, at) => known(key, `key ${at + 1}`));
    const admins = server.adminKeys.map((key, at) => known(key, `admin key ${at + 1}`));
    if (callers.length + admins.length === 0) return;
    app.addHook('onRequest', async (request) => {
      const { open, forCallers = request.is404 }: RouteAccess = request.routeOptions.config;
      // A preflight request carries no key.
      if (request.method === 'OPTIONS' || open === true) return;
      const needed = forCallers || admins.length === 0 ? 'apiKeys' : 'adminKeys';
      const key = keyIn(request.headers);
      const sent = key === undefined ? undefined : digest(key);
      const named = sent && [...admins, ...callers].find((one) => timingSafeEqual(one.digest, sent));
      if (named) request.keyName = named.name;
      if (needed === 'apiKeys' ? callers.length === 0 || named : named && admins.includes(named)) return;
      throw key === undefined ? missing(needed) : wrong(needed);
    });
  },
} satisfies FeaturePlugin;

type Needed = 'apiKeys' | 'adminKeys';

const missing = (needed: Needed): GatewayError =>
  new GatewayError(
    'missing_api_key',
    `this ${needed === 'apiKeys' ? 'gateway' : 'path'} asks for a key: send one of server.${needed} as \`Authorization: Bearer …\``,
  );

const wrong = (needed: Needed): GatewayError =>
  new GatewayError('wrong_api_key', `the key is not one of server.${needed}`);

const known = (key: string, name: string) => ({ digest: digest(key), name });

function keyIn({
  authorization,
  'x-api-key': own,
  'api-key': azure,
}: IncomingHttpHeaders): string | undefined {
  const bearer = /^bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  const key = bearer ?? own ?? azure;
  return Array.isArray(key) ? key[0] : key;
}

/** Digests have one length, so comparing them reveals nothing about the key. */
function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

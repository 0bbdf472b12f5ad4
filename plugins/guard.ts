import { isIP } from 'node:net';
import type { FeaturePlugin, HouseConfig } from '../core/contracts.ts';
import { GatewayError } from '../core/errors.ts';

/**
 * Who may come in, seen by Host and Origin. Without keys the house trusts this machine only: a name that another site
 * has pointed here (DNS rebinding) is refused, and so is a web page from elsewhere, which could otherwise spend what
 * the keys behind it cost. With keys, the key is the lock. Pages that may come in get their CORS headers.
 */
export default {
  name: 'guard',
  options: { type: 'object', additionalProperties: false, properties: {} },
  create(_options, { app, config: { server } }) {
    app.addHook('onRequest', async (request, reply) => {
      const host = request.headers.host ?? '';
      if (!knowsHost(host, server)) {
        throw new GatewayError('forbidden_host', `requests to '${host}' are not answered; call this machine by a loopback address, or list the name in server.hosts`);
      }
      const { origin } = request.headers;
      if (origin === undefined) return;
      if (!allowsOrigin(origin, host, server)) {
        throw new GatewayError('forbidden_origin', `pages from '${origin}' may not use this gateway; list it in server.origins`);
      }
      reply.headers({
        'access-control-allow-origin': origin,
        'access-control-expose-headers': '*, authorization, retry-after, x-request-id, x-switchyard-provider, x-switchyard-model, x-switchyard-attempts, x-switchyard-request-id',
        vary: 'origin',
      });
      if (request.method !== 'OPTIONS') return;
      reply.headers({
        'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE, OPTIONS',
        'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*',
        'access-control-max-age': '600',
        ...(request.headers['access-control-request-private-network'] ? { 'access-control-allow-private-network': 'true' } : {}),
      });
    });
    app.options('/*', (_request, reply) => reply.code(204).send());
  },
} satisfies FeaturePlugin;

type Server = HouseConfig['server'];

/** With keys any name will do: a page that came by a false name has no key. */
function knowsHost(host: string, { apiKeys, hosts }: Server): boolean {
  if (apiKeys.length > 0) return true;
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '').toLowerCase();
  return isLoopback(name) || hosts.some((known) => known.toLowerCase() === name || known.toLowerCase() === host.toLowerCase());
}

function allowsOrigin(origin: string, host: string, { apiKeys, origins }: Server): boolean {
  if (origins.includes('*') || origins.includes(origin)) return true;
  if (apiKeys.length > 0 && origins.length === 0) return true;
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  return isLoopback(url.hostname.replace(/^\[|\]$/g, '')) || url.host === host;
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}

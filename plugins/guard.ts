import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
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
    const known = new Set<string>();
    app.addHook('onRequest', (request, reply, done) => {
      const { host = '', origin } = request.headers;
      // The same few names come with every request.
      if (!known.has(host)) {
        if (!knowsHost(host, server)) return done(isForAll(request) ? undefined : foreignHost(host));
        if (known.size < 100) known.add(host);
      }
      if (!isNear(request) && !mayBeCalledFromAfar(host, server))
        return done(isForAll(request) ? undefined : foreignHost(host));
      if (origin === undefined) return done();
      if (!allowsOrigin(origin, host, server)) return done(foreignOrigin(origin));
      // On the response itself, where relayed answers find them too.
      for (const [name, value] of Object.entries(corsHeaders(request.method, request.headers)))
        reply.raw.setHeader(name, value);
      // A browser only asks whether it may.
      if (request.method === 'OPTIONS') return void reply.code(204).send();
      done();
    });
    // Where nothing else answers OPTIONS the hook is not even asked; in somebody's own app the other paths are theirs.
    for (const path of [
      '/v1/*',
      '/chat/*',
      '/completions',
      '/embeddings',
      '/responses',
      '/openai/*',
      '/engines/*',
    ]) {
      app.options(path, (_request, reply) => reply.code(204).send());
    }
  },
} satisfies FeaturePlugin;

/** Asked only of those that would be refused: the lookup costs more than all the rest. */
const isForAll = ({ routeOptions, headers }: FastifyRequest): boolean =>
  routeOptions.config.fromAnywhere === true && headers.origin === undefined;

type Server = HouseConfig['server'];

const EXPOSED =
  'authorization, retry-after, x-request-id, x-switchyard-provider, x-switchyard-model, x-switchyard-attempts, x-switchyard-request-id, x-switchyard-translated, x-switchyard-trace';

function corsHeaders(method: string, headers: IncomingHttpHeaders): Record<string, string> {
  const answer = {
    'access-control-allow-origin': headers.origin as string,
    'access-control-expose-headers': `*, ${EXPOSED}`,
    vary: 'origin',
  };
  if (method !== 'OPTIONS') return answer;
  return {
    ...answer,
    'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE, OPTIONS',
    'access-control-allow-headers': headers['access-control-request-headers'] ?? '*',
    'access-control-max-age': '600',
    ...(headers['access-control-request-private-network']
      ? { 'access-control-allow-private-network': 'true' }
      : {}),
  };
}

function foreignHost(host: string): GatewayError {
  return new GatewayError(
    'forbidden_host',
    `requests to '${host}' are not answered: without server.apiKeys only this machine is, by a loopback address; list the name in server.hosts, or set keys`,
  );
}

function foreignOrigin(origin: string): GatewayError {
  return new GatewayError(
    'forbidden_origin',
    `pages from '${origin}' may not use this gateway; list it in server.origins`,
  );
}

function knowsHost(host: string, server: Server): boolean {
  return isLoopback(nameIn(host)) || mayBeCalledFromAfar(host, server);
}

/** With keys any name will do: a page that came by a false name has no key. */
function mayBeCalledFromAfar(host: string, { apiKeys, hosts }: Server): boolean {
  return (
    apiKeys.length > 0 ||
    hosts.some((known) => [nameIn(host), host.toLowerCase()].includes(known.toLowerCase()))
  );
}

/** In an app of somebody's own nobody has checked where it listens, and any machine can say that it calls `localhost`. */
function isNear({ socket: { remoteAddress }, server: { server } }: FastifyRequest): boolean {
  if (remoteAddress === '127.0.0.1') return true;
  if (remoteAddress === undefined) return typeof server.address() === 'string';
  return isLoopback(remoteAddress.replace(/^::ffff:/, ''));
}

function nameIn(host: string): string {
  return host
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
}

function allowsOrigin(origin: string, host: string, { apiKeys, origins }: Server): boolean {
  if (origins.includes('*') || origins.includes(origin)) return true;
  if (apiKeys.length > 0 && origins.length === 0) return true;
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  return isLoopback(url.hostname.replace(/^\[|\]$/g, '')) || url.host === host;
}

function isLoopback(name: string): boolean {
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    (isIP(name) === 4 && name.startsWith('127.'))
  );
}

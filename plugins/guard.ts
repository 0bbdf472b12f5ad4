import type { FastifyRequest } from 'fastify';
import type { FeaturePlugin } from '../core/contracts/index.ts';
import { GatewayError } from '../core/errors.ts';
import { corsHeaders } from './guard/cors.ts';
import { isNear, knowsHost, isRemotelyReachable } from './guard/hosts.ts';
import { allowsOrigin, isCrossSite } from './guard/pages.ts';
import { trustIn } from './guard/trust.ts';

/**
 * Access to the gateway, decided by Host, Origin and fetch metadata. Without keys only this machine is trusted: a
 * foreign name that resolves to it (DNS rebinding) is refused, and so is a web page from elsewhere, which could
 * otherwise spend what the upstream keys pay for. With keys, the key decides. Admitted pages get their CORS headers.
 */
export default {
  name: 'guard',
  inEachThread: true,
  options: { type: 'object', additionalProperties: false, properties: {} },
  create(_options, host) {
    const { app } = host;
    const trust = trustIn(host);
    const known = new Set<string>();
    let asked = trust.asksForKey;
    const home = `${app.prefix}/`;
    app.addHook('onRequest', (request, reply, done) => {
      const { host: named = '', origin } = request.headers;
      // Keys may be made and removed while the gateway runs.
      if (asked !== trust.asksForKey) {
        known.clear();
        asked = trust.asksForKey;
      }
      // The same few names come with every request.
      if (!known.has(named)) {
        if (!knowsHost(named, trust)) return done(isForAll(request) ? undefined : foreignHost(named));
        if (known.size < 100) known.add(named);
      }
      if (!isNear(request) && !isRemotelyReachable(named, trust))
        return done(isForAll(request) ? undefined : foreignHost(named));
      if (origin === undefined)
        return done(isCrossSite(request, named, home, trust) ? foreignPage() : undefined);
      if (!allowsOrigin(origin, named, trust)) return done(foreignOrigin(origin));
      // Set on the raw response, where relayed answers find them too.
      for (const [name, value] of Object.entries(corsHeaders(request.method, request.headers)))
        reply.raw.setHeader(name, value);
      // A preflight request ends here.
      if (request.method === 'OPTIONS') return void reply.code(204).send();
      done();
    });
    // Fastify does not run the hook for OPTIONS where no route answers it. In an embedding app, other paths belong to
    // the app.
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

/** Called only for requests that would be refused: the lookup costs more than all other checks. */
const isForAll = ({ routeOptions, headers }: FastifyRequest): boolean =>
  routeOptions.config.fromAnywhere === true && headers.origin === undefined;

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

function foreignPage(): GatewayError {
  return new GatewayError(
    'forbidden_origin',
    'a page of another site made the browser ask: without server.apiKeys it may only link to the dashboard',
  );
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FeaturePlugin, OptionsOf } from '../core/contracts/index.ts';
import { GatewayError } from '../core/errors.ts';
import { NOT_BUILT } from './dashboard/not-built.ts';
import { page } from './dashboard/page.ts';
import { acceptedForm, readFiles, type ServedFile } from './dashboard/served-file.ts';
import { openRoute } from '../kits/surface-kit/index.ts';

const options = {
  type: 'object',
  additionalProperties: false,
  description: 'The dashboard at the base path.',
  properties: {
    enabled: { type: 'boolean', default: true, description: 'false: nothing is served at the base path.' },
  },
} as const;

const BUILT = new URL('../web/dist/', import.meta.url);

/**
 * `GET /`: the dashboard as built from `web/`. Its files are open to every caller that the guard admits; the data comes
 * from the API, which asks for a key where keys are set.
 */
export default {
  name: 'dashboard',
  inEachThread: false,
  after: ['guard', 'auth'],
  options,
  async create({ enabled }, { app, log }) {
    if (!enabled) return;
    // In an app that embeds the gateway, the app's own routes stay.
    const taken = ['/', '/assets/*'].find((path) => app.hasRoute({ method: 'GET', url: app.prefix + path }));
    if (taken !== undefined)
      return log.info(
        `the dashboard is not served: ${app.prefix}${taken} is taken; give the gateway a prefix`,
      );

    const files = await readFiles(BUILT);
    const index = files.get('index.html');
    const write = index ? page(index.bytes.toString()) : NOT_BUILT;
    app.get('/', { config: openRoute }, (request, reply) => {
      const [path = '/'] = request.url.split('?');
      // Without the slash, the browser would resolve the page's relative URLs one level too high.
      if (!path.endsWith('/')) return reply.redirect(`${path.slice(path.lastIndexOf('/') + 1)}/`, 308);
      return write(reply);
    });
    for (const path of files.keys())
      if (path !== 'index.html' && !path.startsWith('assets/'))
        app.get(`/${path}`, { config: openRoute }, (request, reply) =>
          serve(files.get(path), request, reply),
        );
    app.get('/assets/*', { config: openRoute }, (request, reply) =>
      serve(files.get(`assets/${(request.params as { '*': string })['*']}`), request, reply),
    );
  },
} satisfies FeaturePlugin<OptionsOf<typeof options>>;

function serve(file: ServedFile | undefined, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!file)
    throw new GatewayError(
      'not_found',
      `the dashboard has no file ${request.url}; reload the page, for the gateway may have a newer one`,
    );
  const { encoding, bytes } = acceptedForm(file, request.headers['accept-encoding']);
  if (encoding !== undefined) reply.header('content-encoding', encoding);
  return reply
    .headers({
      'content-type': file.type,
      'cache-control': file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      vary: 'accept-encoding',
    })
    .send(bytes);
}

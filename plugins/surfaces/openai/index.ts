import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Dialect, FeaturePlugin, Host } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import { answer } from './answer.ts';
import { generic } from './dialects/dialects.ts';
import { modelRoutes } from './models.ts';
import { passBodiesAsBytes, readCall } from './read-call.ts';
import { passthrough } from './passthrough.ts';
import { dialects, translations } from './wires.ts';
import { callersRoute } from '../../../kits/surface-kit/index.ts';

interface ModelPath {
  readonly path: string;
  readonly surface: string;
  /** the model must be named: OpenAI has no default there */
  readonly named: boolean;
  /** its servers have it beside `/v1`, not below */
  readonly isAtRoot?: boolean;
}

/** Every path whose request names a model, and the API it belongs to. */
const MODEL_PATHS: readonly ModelPath[] = [
  { path: '/chat/completions', surface: 'chat', named: true },
  { path: '/completions', surface: 'completions', named: true },
  { path: '/embeddings', surface: 'embeddings', named: true },
  { path: '/responses', surface: 'responses', named: true },
  { path: '/moderations', surface: 'moderations', named: false },
  { path: '/images/generations', surface: 'images', named: false },
  { path: '/images/edits', surface: 'images', named: false },
  { path: '/images/variations', surface: 'images', named: false },
  { path: '/audio/speech', surface: 'audio', named: true },
  { path: '/audio/transcriptions', surface: 'audio', named: true },
  { path: '/audio/translations', surface: 'audio', named: true },
  { path: '/messages', surface: 'messages', named: true },
  { path: '/messages/count_tokens', surface: 'count_tokens', named: true },
  { path: '/rerank', surface: 'rerank', named: false },
  { path: '/reranking', surface: 'rerank', named: false },
  { path: '/tokenize', surface: 'tokenize', named: false, isAtRoot: true },
  { path: '/detokenize', surface: 'tokenize', named: false, isAtRoot: true },
];

/**
 * Where clients expect them: below `/v1`, at the root (a base URL without version), and where old clients put an engine
 * or a deployment (openai-python 0.x, Azure).
 */
const PREFIXES = ['/v1', ''];
const NAMED_IN_PATH = ['/v1/engines/:model', '/engines/:model', '/openai/deployments/:model'];

/** The API that OpenAI's clients use. */
export default {
  name: 'openai',
  options: { type: 'object', additionalProperties: false, properties: {} },
  create(_options, host) {
    const { app, gateway } = host;
    gateway.formats.add(dialects, translations, new URL('./wires.ts', import.meta.url).href);
    passBodiesAsBytes(host);
    for (const entry of MODEL_PATHS) {
      const dialect = dialects.find(({ surface }) => surface === entry.surface) ?? generic(entry.surface);
      for (const prefix of PREFIXES) serve(host, prefix + entry.path, entry, dialect);
      for (const prefix of NAMED_IN_PATH) serve(host, prefix + entry.path, entry, dialect);
    }
    modelRoutes(host, PREFIXES);
    app.register(passthrough(host));
  },
} satisfies FeaturePlugin;

function serve({ app, gateway }: Host, url: string, entry: ModelPath, dialect: Dialect): void {
  app.post(url, { config: callersRoute }, (request: FastifyRequest, reply: FastifyReply) => {
    const call = readCall(request, entry, gateway.acceptsCallersKey);
    return answer(call, dialect, request, reply, gateway);
  });
  onlyAllows(app, url, 'POST');
}

/** Any other method gets a 405 that names the allowed one. */
export function onlyAllows(app: Host['app'], url: string, allowed: 'GET' | 'POST'): void {
  const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((method) => method !== allowed);
  app.route({
    method: methods,
    url,
    config: callersRoute,
    handler: (request, reply) => {
      reply.header('allow', allowed);
      throw new GatewayError(
        'method_not_allowed',
        `${request.method} is not allowed on ${request.url.split('?')[0]}; use ${allowed}`,
      );
    },
  });
}

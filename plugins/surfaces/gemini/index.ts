import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Dialect, FeaturePlugin, Host } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import {
  answer,
  answerCount,
  callersRoute,
  passBodiesAsBytes,
  readCall,
  type InPath,
} from '../../../kits/surface-kit/index.ts';
import { counting } from './count-tokens.ts';
import { geminiEmbed, geminiEmbeddings } from './dialect/embeddings.ts';
import { gemini } from './dialect/generate-content.ts';
import { dialects, translations } from './formats.ts';
import { generateInPath, methodInPath, namedIn } from './in-path.ts';
import { modelRoutes } from './models.ts';

/** The versions of its API that its SDKs ask for. */
const OWN = ['/v1beta', '/v1alpha', '/v1beta1'];
/** Where OpenAI's API is as well. */
const SHARED = ['/v1'];
/** Vertex AI has its models in a project, or of a publisher. */
const FOLDERS = [
  '',
  '/publishers/:publisher',
  '/projects/:project/locations/:location/publishers/:publisher',
];

const config = { ...callersRoute, keyInQuery: true, dialect: gemini };

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<void> | void;

/** The API that Google's clients speak. */
export default {
  name: 'gemini',
  inEachThread: true,
  options: { type: 'object', additionalProperties: false, properties: {} },
  create(_options, host) {
    host.gateway.formats.add(dialects, translations, new URL('./formats.ts', import.meta.url).href);
    passBodiesAsBytes(host);
    const methods = methodsOf(host);
    const handler: Handler = (request, reply) => {
      const { method } = namedIn(request);
      const served = methods[method];
      if (!served) throw unknownMethod(method, Object.keys(methods));
      return served(withKey(request), reply);
    };
    for (const prefix of [...OWN, ...SHARED])
      for (const folder of FOLDERS) host.app.post(`${prefix}${folder}/models/*`, { config }, handler);
    modelRoutes(host, OWN, SHARED, config);
  },
} satisfies FeaturePlugin;

function methodsOf(host: Host): Readonly<Record<string, Handler>> {
  const generate = answered(host, gemini, generateInPath);
  return {
    generateContent: generate,
    streamGenerateContent: generate,
    countTokens: answerCount(host, counting),
    embedContent: answered(host, geminiEmbed, methodInPath),
    batchEmbedContents: answered(host, geminiEmbeddings, methodInPath),
  };
}

function answered({ gateway }: Host, dialect: Dialect, inPath: (request: FastifyRequest) => InPath): Handler {
  const entry = { path: '', surface: dialect.surface, named: true, inPath };
  return (request, reply) =>
    answer(readCall(request, entry, gateway.acceptsCallersKey), dialect, request, reply, gateway);
}

/** A key in the query becomes a header: the query is not sent upstream. */
function withKey(request: FastifyRequest): FastifyRequest {
  const { key } = request.query as { key?: unknown };
  if (typeof key === 'string') request.headers['x-goog-api-key'] ??= key;
  return request;
}

const unknownMethod = (method: string, known: readonly string[]): GatewayError =>
  new GatewayError(
    'not_found',
    `there is no method '${method}' of a model here; there are ${known.map((name) => `:${name}`).join(', ')}`,
  );

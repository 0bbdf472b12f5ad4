import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Dialect, FeaturePlugin, Host } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import {
  answer,
  callersRoute,
  checkModel,
  type ModelPath,
  answerOnly,
  passBodiesAsBytes,
  pinOf,
  readCall,
} from '../../../kits/surface-kit/index.ts';
import { membersOf, scalarAt } from '../../../wire/body/json-members.ts';
import {
  ollamaChat,
  ollamaComplete,
  ollamaEmbed,
  ollamaEmbeddings,
  ollamaGenerate,
} from './dialect/dialects.ts';
import { dialects, translations } from './formats.ts';
import { loading, sendLoaded } from './load.ts';
import { untagged } from './model-names.ts';
import { modelRoutes } from './model-routes.ts';
import { runningRoute } from './running.ts';
import { messageLine, responseLine, type Line } from './to-chat/lines.ts';

const config = { ...callersRoute, dialect: ollamaChat };

/** One of its APIs, and how a line of it is written; absent: it has vectors. */
interface Api {
  readonly dialect: Dialect;
  readonly path: string;
  readonly line?: Line;
}
const CHAT: Api = { dialect: ollamaChat, path: '/api/chat', line: messageLine };
const GENERATE: Api = { dialect: ollamaGenerate, path: '/api/generate', line: responseLine };
const COMPLETE: Api = { ...GENERATE, dialect: ollamaComplete };
const EMBED: Api = { dialect: ollamaEmbed, path: '/api/embed' };
const EMBEDDINGS: Api = { dialect: ollamaEmbeddings, path: '/api/embeddings' };

/** Paths that manage files of models, which the gateway does not have. */
const NOT_HERE = [
  ['POST', '/api/pull'],
  ['POST', '/api/push'],
  ['POST', '/api/create'],
  ['POST', '/api/copy'],
  ['DELETE', '/api/delete'],
  ['POST', '/api/blobs/:digest'],
] as const;

/** The API that Ollama's clients speak. */
export default {
  name: 'ollama',
  inEachThread: true,
  options: { type: 'object', additionalProperties: false, properties: {} },
  create(_options, host) {
    const { app, gateway } = host;
    gateway.formats.add(dialects, translations, new URL('./formats.ts', import.meta.url).href);
    passBodiesAsBytes(host);
    serve(host, CHAT.path, () => CHAT);
    serve(host, GENERATE.path, (request) => (fills(request) ? COMPLETE : GENERATE));
    serve(host, EMBED.path, () => EMBED);
    serve(host, EMBEDDINGS.path, () => EMBEDDINGS);
    modelRoutes(host, config);
    for (const [method, url] of NOT_HERE) app.route({ method, url, config, handler: refuse });
    runningRoute(app);
  },
} satisfies FeaturePlugin;

function serve(host: Host, url: string, apiOf: (request: FastifyRequest) => Api): void {
  const { app, gateway } = host;
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const { dialect, path, line } = apiOf(request);
    const entry: ModelPath = {
      path,
      surface: dialect.surface,
      named: true,
      isAtRoot: true,
      streamsByDefault: line !== undefined,
      isTimed: true,
    };
    const call = untagged(readCall(request, entry, gateway.acceptsCallersKey), gateway);
    checkModel(request.caller, call.model);
    const loaded = line && (await loading(call, line, pinOf(request), host));
    return loaded ? sendLoaded(reply, call, loaded) : answer(call, dialect, request, reply, gateway);
  };
  answerOnly(app, { url, method: 'POST', handler, config });
}

/** Whether a prompt is to be continued as it is, or a gap to be filled: the API of completions, not of chat. */
function fills({ body, bodyIndex }: FastifyRequest): boolean {
  if (!Buffer.isBuffer(body)) return false;
  const { spans } = membersOf({ raw: body, members: bodyIndex?.members }, ['raw', 'suffix']) ?? {};
  const suffix = spans?.get('suffix');
  const isSaid =
    suffix !== undefined && !['""', 'null'].includes(body.toString('latin1', suffix.start, suffix.end));
  return isSaid || scalarAt(body, spans?.get('raw')) === true;
}

function refuse({ method, url }: FastifyRequest): never {
  const [path] = url.split('?');
  throw new GatewayError(
    'not_implemented',
    `${method} ${path} is not offered here: this gateway keeps no model files. Pull models where they run; GET /api/tags lists those that can be asked`,
  );
}

import type { FeaturePlugin, OptionsOf } from '../../../core/contracts/index.ts';
import { type ModelPath, passBodiesAsBytes, serve } from '../../../kits/surface-kit/index.ts';
import { generic } from './dialects/dialects.ts';
import { modelRoutes } from './models.ts';
import { passthrough } from './passthrough.ts';
import { dialects, translations } from './formats.ts';
import { isMixed } from './responses/chat-input/is-mixed.ts';
import { ResponsesMemory } from './responses/state/memory.ts';
import { responsesOptions } from './responses/state/options.ts';
import { serveResponses } from './responses/state/serve.ts';
import { serveWebSockets } from './websockets/index.ts';

const options = {
  type: 'object',
  additionalProperties: false,
  description: "OpenAI's API, as callers speak it.",
  properties: { responses: responsesOptions },
} as const;

const RERANK = { path: '/rerank', surface: 'rerank', named: false } as const;

const RESPONSES = { path: '/responses', surface: 'responses', named: true } as const;

/** Every path whose request names a model, and the API it belongs to. */
const MODEL_PATHS: readonly ModelPath[] = [
  { path: '/chat/completions', surface: 'chat', named: true, byInput: 'chat-input', isByInput: isMixed },
  { path: '/completions', surface: 'completions', named: true },
  { path: '/embeddings', surface: 'embeddings', named: true },
  { path: '/moderations', surface: 'moderations', named: false },
  { path: '/images/generations', surface: 'images', named: false },
  { path: '/images/edits', surface: 'images', named: false },
  { path: '/images/variations', surface: 'images', named: false },
  { path: '/audio/speech', surface: 'audio', named: true },
  { path: '/audio/transcriptions', surface: 'audio', named: true },
  { path: '/audio/translations', surface: 'audio', named: true },
  RERANK,
  { path: '/reranking', surface: 'rerank', named: false },
  { path: '/tokenize', surface: 'tokenize', named: false, isAtRoot: true },
  { path: '/detokenize', surface: 'tokenize', named: false, isAtRoot: true },
];

/**
 * Where clients look for them: `/v1`, nothing (a base URL without version), those of Azure's v1 API and of its dated
 * versions, and what old ones make of an engine or a deployment (openai-python 0.x, Azure).
 */
const PREFIXES = ['/v1', '', '/openai/v1', '/openai'];
const NAMED_IN_PATH = ['/v1/engines/:model', '/engines/:model', '/openai/deployments/:model'];

/** The API that OpenAI's clients speak. */
export default {
  name: 'openai',
  inEachThread: true,
  options,
  create({ responses }, host) {
    const { app, gateway } = host;
    gateway.formats.add(dialects, translations, new URL('./formats.ts', import.meta.url).href);
    passBodiesAsBytes(host);
    for (const entry of MODEL_PATHS) {
      const dialect = dialects.find(({ surface }) => surface === entry.surface) ?? generic(entry.surface);
      for (const prefix of PREFIXES) serve(host, prefix + entry.path, entry, dialect);
      for (const prefix of NAMED_IN_PATH) serve(host, prefix + entry.path, entry, dialect);
    }
    const memory = new ResponsesMemory(responses, host);
    const sockets = serveWebSockets(host, PREFIXES, memory);
    for (const prefix of [...PREFIXES, ...NAMED_IN_PATH])
      serveResponses(host, prefix + RESPONSES.path, RESPONSES, memory, sockets.responses);
    // Where Cohere's clients look for it.
    serve(host, '/v2/rerank', RERANK, generic(RERANK.surface));
    modelRoutes(host, PREFIXES);
    app.register(passthrough(host, memory));
    return { close: () => memory.close() };
  },
} satisfies FeaturePlugin<OptionsOf<typeof options>>;

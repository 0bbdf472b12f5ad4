/** The dialects and translations of this API, as a module for worker threads that have no gateway. */
import type { Dialect, Translation } from '../../../core/contracts/index.ts';
import { withFunctions } from '../../../kits/dialect-kit/functions/with-functions.ts';
import { lazily } from '../../../kits/dialect-kit/lazily.ts';
import { geminiTokens } from './dialect/count-tokens.ts';
import { geminiEmbed, geminiEmbeddings, vertexPredict } from './dialect/embeddings.ts';
import { gemini } from './dialect/generate-content.ts';
import { batchEmbedPath, generatePath, predictPath } from './paths.ts';

export const dialects: readonly Dialect[] = [
  gemini,
  geminiTokens,
  geminiEmbed,
  geminiEmbeddings,
  vertexPredict,
];

export const translations: readonly Translation[] = [
  lazily(
    { name: 'gemini-to-chat', from: 'gemini', to: 'chat', path: '/chat/completions', countsStreams: true },
    async () => (await import('./to-chat/index.ts')).geminiToChat,
  ),
  withFunctions(
    lazily(
      { name: 'chat-to-gemini', from: 'chat', to: 'gemini', path: generatePath },
      async () => (await import('./from-chat/index.ts')).chatToGemini,
    ),
  ),
  lazily(
    { name: 'gemini-embed-to-embeddings', from: 'gemini-embed', to: 'embeddings', path: '/embeddings' },
    async () => (await import('./embed/to-embeddings.ts')).embedToEmbeddings,
  ),
  lazily(
    {
      name: 'gemini-embeddings-to-embeddings',
      from: 'gemini-embeddings',
      to: 'embeddings',
      path: '/embeddings',
    },
    async () => (await import('./embed/to-embeddings.ts')).batchToEmbeddings,
  ),
  lazily(
    {
      name: 'embeddings-to-gemini-embeddings',
      from: 'embeddings',
      to: 'gemini-embeddings',
      path: batchEmbedPath,
      remembers: ['encoding_format'],
    },
    async () => (await import('./embed/from-embeddings.ts')).embeddingsToBatch,
  ),
  lazily(
    {
      name: 'embeddings-to-vertex-predict',
      from: 'embeddings',
      to: 'vertex-predict',
      path: predictPath,
      remembers: ['encoding_format'],
    },
    async () => (await import('./embed/to-predict.ts')).embeddingsToPredict,
  ),
];

/** How this API reads and what it is translated to; on its own, for threads that have no gateway around them. */
import type { Dialect, Translation } from '../../../core/contracts/index.ts';
import { withFunctions } from '../../../kits/dialect-kit/functions/with-functions.ts';
import { geminiTokens } from './dialect/count-tokens.ts';
import { geminiEmbed, geminiEmbeddings, vertexPredict } from './dialect/embeddings.ts';
import { gemini } from './dialect/generate-content.ts';
import { embeddingsToBatch } from './embed/from-embeddings.ts';
import { embeddingsToPredict } from './embed/to-predict.ts';
import { batchToEmbeddings, embedToEmbeddings } from './embed/to-embeddings.ts';
import { chatToGemini } from './from-chat/index.ts';
import { geminiToChat } from './to-chat/index.ts';

export const dialects: readonly Dialect[] = [
  gemini,
  geminiTokens,
  geminiEmbed,
  geminiEmbeddings,
  vertexPredict,
];

export const translations: readonly Translation[] = [
  geminiToChat,
  withFunctions(chatToGemini),
  embedToEmbeddings,
  batchToEmbeddings,
  embeddingsToBatch,
  embeddingsToPredict,
];

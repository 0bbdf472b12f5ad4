/** How this API reads and what it is translated to; on its own, for threads that have no gateway around them. */
import type { Dialect } from '../../../core/contracts/index.ts';
import {
  ollamaChat,
  ollamaComplete,
  ollamaEmbed,
  ollamaEmbeddings,
  ollamaGenerate,
  ollamaShow,
} from './dialect/dialects.ts';

export const dialects: readonly Dialect[] = [
  ollamaChat,
  ollamaGenerate,
  ollamaComplete,
  ollamaEmbed,
  ollamaEmbeddings,
  ollamaShow,
];

export { translations } from './to-chat/index.ts';

/** How this API reads and what it is translated to; on its own, for threads that have no gateway around them. */
import type { Dialect, Translation } from '../../../core/contracts/index.ts';
import { withFunctions } from '../../../kits/dialect-kit/functions/with-functions.ts';
import {
  ollamaChat,
  ollamaComplete,
  ollamaEmbed,
  ollamaEmbeddings,
  ollamaGenerate,
  ollamaShow,
} from './dialect/dialects.ts';
import { chatToOllama } from './from-chat/index.ts';
import { translations as toOpenAi } from './to-chat/index.ts';

export const dialects: readonly Dialect[] = [
  ollamaChat,
  ollamaGenerate,
  ollamaComplete,
  ollamaEmbed,
  ollamaEmbeddings,
  ollamaShow,
];

export const translations: readonly Translation[] = [...toOpenAi, withFunctions(chatToOllama)];

/** How this API reads and what is translated to it; on its own, for threads that have no gateway around them. */
import type { Dialect, Translation } from '../../../core/contracts/index.ts';
import { withFunctions } from '../../../kits/dialect-kit/functions/with-functions.ts';
import { cohereChat } from './dialect/chat.ts';
import { cohereEmbed, cohereRerank } from './dialect/vectors.ts';
import { embeddingsToCohere } from './embed.ts';
import { chatToCohere } from './from-chat/index.ts';
import { rerankToCohere } from './rerank.ts';

export const dialects: readonly Dialect[] = [cohereChat, cohereEmbed, cohereRerank];

export const translations: readonly Translation[] = [
  withFunctions(chatToCohere),
  embeddingsToCohere,
  rerankToCohere,
];

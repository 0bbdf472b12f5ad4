/** How this API reads and what it is translated to; on its own, for threads that have no gateway around them. */
import type { Dialect, Translation } from '../../../core/contracts/index.ts';
import { geminiTokens } from './dialect/count-tokens.ts';
import { gemini } from './dialect/generate-content.ts';
import { chatToGemini } from './from-chat/index.ts';
import { geminiToChat } from './to-chat/index.ts';

export const dialects: readonly Dialect[] = [gemini, geminiTokens];

export const translations: readonly Translation[] = [geminiToChat, chatToGemini];

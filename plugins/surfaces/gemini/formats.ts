/** How this API reads and what it is translated to; on its own, for threads that have no gateway around them. */
import type { Dialect, Translation } from '../../../core/contracts/index.ts';
import { gemini } from './dialect/generate-content.ts';
import { chatToGemini } from './from-chat/index.ts';

export const dialects: readonly Dialect[] = [gemini];

export const translations: readonly Translation[] = [chatToGemini];

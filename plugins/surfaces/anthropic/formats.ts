/** How this API reads and what it is translated to; on its own, for threads that have no gateway around them. */
import type { Dialect, Translation } from '../../../core/contracts/index.ts';
import { messages } from './dialect/messages.ts';

export const dialects: readonly Dialect[] = [messages];

export const translations: readonly Translation[] = [];

import type { Translation } from '../../../../core/contracts/index.ts';
import { chatToCompletions } from './chat-to-completions.ts';
import { completionsToChat } from './completions-to-chat.ts';

/** What a caller of one API can be answered with by a provider of another. */
export const translations: readonly Translation[] = [completionsToChat, chatToCompletions];

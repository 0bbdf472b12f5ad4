import type { Translation } from '../../../../core/contracts/index.ts';
import { withFunctions } from '../../../../kits/dialect-kit/functions/with-functions.ts';
import { chatToResponses } from '../responses/from-chat/index.ts';
import { responsesToChat } from '../responses/to-chat/index.ts';
import { chatToCompletions } from './chat-to-completions.ts';
import { completionsToChat } from './completions-to-chat.ts';

/** The translations by which a provider of one API can answer a caller of another. */
export const translations: readonly Translation[] = [
  completionsToChat,
  chatToCompletions,
  responsesToChat,
  withFunctions(chatToResponses),
];

/** How this API reads and what it is translated to; on its own, for threads that have no gateway around them. */
import type { Dialect, Translation } from '../../../core/contracts/index.ts';
import { withFunctions } from '../../../kits/dialect-kit/functions/with-functions.ts';
import { messages } from './dialect/messages.ts';
import { chatToMessages } from './from-chat/index.ts';
import { messagesToChat } from './to-chat/index.ts';

export const dialects: readonly Dialect[] = [messages];

export const translations: readonly Translation[] = [messagesToChat, withFunctions(chatToMessages)];

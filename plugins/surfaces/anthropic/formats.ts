/** The dialects and translations of this API, as a module for worker threads that have no gateway. */
import type { Dialect, Translation } from '../../../core/contracts/index.ts';
import { withFunctions } from '../../../kits/dialect-kit/functions/with-functions.ts';
import { lazily } from '../../../kits/dialect-kit/lazily.ts';
import { messages } from './dialect/messages.ts';

export const dialects: readonly Dialect[] = [messages];

export const translations: readonly Translation[] = [
  lazily(
    {
      name: 'messages-to-chat',
      from: 'messages',
      to: 'chat',
      path: '/chat/completions',
      countsStreams: true,
    },
    async () => (await import('./to-chat/index.ts')).messagesToChat,
  ),
  withFunctions(
    lazily(
      { name: 'chat-to-messages', from: 'chat', to: 'messages', path: '/messages' },
      async () => (await import('./from-chat/index.ts')).chatToMessages,
    ),
  ),
];

import type { Translation } from '../../../../core/contracts/index.ts';
import { withFunctions } from '../../../../kits/dialect-kit/functions/with-functions.ts';
import { lazily } from '../../../../kits/dialect-kit/lazily.ts';
import { isNewModel } from '../../../../kits/dialect-kit/output-limit.ts';
import { REMEMBERED } from '../responses/to-chat/echo.ts';

/** OpenAI's newer models take tools and reasoning together in the Responses API alone; gpt-oss is another vendor's to serve. */
const isOpenAIReasoner = (name: string): boolean => isNewModel(name) && !name.includes('gpt-oss');

const chatInputToResponses = lazily(
  {
    name: 'chat-input-to-responses',
    from: 'chat-input',
    to: 'responses',
    path: '/responses',
    remembers: ['tools'],
  },
  async () => (await import('../responses/chat-input/to-responses.ts')).chatInputToResponses,
);

/** The translations by which a provider of one API can answer a caller of another. */
export const translations: readonly Translation[] = [
  lazily(
    { name: 'completions-to-chat', from: 'completions', to: 'chat', path: '/chat/completions' },
    async () => (await import('./completions-to-chat.ts')).completionsToChat,
  ),
  lazily(
    { name: 'chat-to-completions', from: 'chat', to: 'completions', path: '/completions' },
    async () => (await import('./chat-to-completions.ts')).chatToCompletions,
  ),
  lazily(
    {
      name: 'responses-to-chat',
      from: 'responses',
      to: 'chat',
      path: '/chat/completions',
      countsStreams: true,
      remembers: REMEMBERED,
    },
    async () => (await import('../responses/to-chat/index.ts')).responsesToChat,
  ),
  { ...chatInputToResponses, models: isOpenAIReasoner },
  lazily(
    {
      name: 'chat-input-to-chat',
      from: 'chat-input',
      to: 'chat',
      path: '/chat/completions',
      remembers: ['tools'],
    },
    async () => (await import('../responses/chat-input/to-chat.ts')).chatInputToChat,
  ),
  chatInputToResponses,
  withFunctions(
    lazily(
      { name: 'chat-to-responses', from: 'chat', to: 'responses', path: '/responses' },
      async () => (await import('../responses/from-chat/index.ts')).chatToResponses,
    ),
  ),
];

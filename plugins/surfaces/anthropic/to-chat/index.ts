import type { Translation } from '../../../../core/contracts/index.ts';
import { answer } from './answer.ts';
import { MessageEvents } from './events.ts';
import { request } from './request.ts';

/** A message of Anthropic's API, for providers that only have chat completions. */
export const messagesToChat: Translation = {
  name: 'messages-to-chat',
  from: 'messages',
  to: 'chat',
  path: '/chat/completions',
  countsStreams: true,
  request,
  answer,
  events: () => {
    const events = new MessageEvents();
    return (event) => events.of(event);
  },
};

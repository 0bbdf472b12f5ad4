import type { Translation } from '../../../../core/contracts/index.ts';
import { answer } from './answer.ts';
import { ChatEvents } from './events.ts';
import { request } from './request.ts';

/** A chat, for providers that only have Anthropic's API. */
export const chatToMessages: Translation = {
  name: 'chat-to-messages',
  from: 'chat',
  to: 'messages',
  path: '/messages',
  request,
  answer,
  events: (call) => {
    const events = new ChatEvents(call);
    return (event) => events.of(event);
  },
};

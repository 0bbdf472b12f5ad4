import type { Translation } from '../../../../../core/contracts/index.ts';
import { answer } from './answer.ts';
import { ChatEvents } from './events.ts';
import { request } from './request.ts';

/** A chat, for providers that only have the Responses API. */
export const chatToResponses: Translation = {
  name: 'chat-to-responses',
  from: 'chat',
  to: 'responses',
  path: '/responses',
  request,
  answer,
  events: (asked) => {
    const events = new ChatEvents(asked);
    return (event) => events.of(event);
  },
};

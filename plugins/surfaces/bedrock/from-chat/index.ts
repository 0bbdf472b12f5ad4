import type { Translation } from '../../../../core/contracts/index.ts';
import { conversePath } from '../paths.ts';
import { answer } from './answer.ts';
import { ChatEvents } from './events.ts';
import { request } from './request.ts';

/** A chat, for providers that only have the Converse API. */
export const chatToConverse: Translation = {
  name: 'chat-to-converse',
  from: 'chat',
  to: 'converse',
  path: conversePath,
  request,
  answer,
  events: (call) => {
    const events = new ChatEvents(call);
    return (event) => events.of(event);
  },
};

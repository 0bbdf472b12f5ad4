import type { Translation } from '../../../../core/contracts/index.ts';
import { answer } from './answer.ts';
import { ChunkEvents } from './events.ts';
import { request } from './request.ts';

/** A chat, for Cohere's own API. */
export const chatToCohere: Translation = {
  name: 'chat-to-cohere-chat',
  from: 'chat',
  to: 'cohere-chat',
  path: '/v2/chat',
  request,
  answer,
  events: (call) => {
    const events = new ChunkEvents(call);
    return (event) => events.of(event);
  },
};

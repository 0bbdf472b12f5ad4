import type { Translation } from '../../../../core/contracts/index.ts';
import { answer } from './answer.ts';
import { ChunkEvents } from './events.ts';
import { request } from './request.ts';

/** A chat, for Ollama's own API, which can be told how long a context is and how long a model stays loaded. */
export const chatToOllama: Translation = {
  name: 'chat-to-ollama-chat',
  from: 'chat',
  to: 'ollama-chat',
  path: '/api/chat',
  request,
  answer,
  events: (call) => {
    const events = new ChunkEvents(call);
    return (event) => events.of(event);
  },
};

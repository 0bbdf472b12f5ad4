import type { Translator } from '../../../../kits/dialect-kit/lazily.ts';
import { answer } from './answer.ts';
import { ChunkEvents } from './events.ts';
import { request } from './request.ts';

/** A chat, for Cohere's own API. */
export const chatToCohere: Translator = {
  request,
  answer,
  events: (call) => {
    const events = new ChunkEvents(call);
    return (event) => events.of(event);
  },
};

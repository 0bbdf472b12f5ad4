import type { Translator } from '../../../../kits/dialect-kit/lazily.ts';
import { answer } from './answer.ts';
import { ChunkEvents } from './events.ts';
import { request } from './request.ts';

/** A chat, for Ollama's own API, which takes the length of the context and how long a model stays loaded. */
export const chatToOllama: Translator = {
  request,
  answer,
  events: (call) => {
    const events = new ChunkEvents(call);
    return (event) => events.of(event);
  },
};

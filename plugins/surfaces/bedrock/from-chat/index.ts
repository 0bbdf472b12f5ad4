import type { Translator } from '../../../../kits/dialect-kit/lazily.ts';
import { answer } from './answer.ts';
import { ChatEvents } from './events.ts';
import { request } from './request.ts';

/** A chat, for providers that only have the Converse API. */
export const chatToConverse: Translator = {
  request,
  answer,
  events: (call) => {
    const events = new ChatEvents(call);
    return (event) => events.of(event);
  },
};

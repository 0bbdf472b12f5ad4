import type { Translator } from '../../../../../kits/dialect-kit/lazily.ts';
import { answer } from './answer.ts';
import { ChatEvents } from './events.ts';
import { request } from './request.ts';

/** A chat, for providers that only have the Responses API. */
export const chatToResponses: Translator = {
  request,
  answer,
  events: (asked) => {
    const events = new ChatEvents(asked);
    return (event) => events.of(event);
  },
};

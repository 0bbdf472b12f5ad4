import type { Translator } from '../../../../kits/dialect-kit/lazily.ts';
import { answer } from './answer.ts';
import { MessageEvents } from './events.ts';
import { request } from './request.ts';

/** A message of Anthropic's API, for providers that only have chat completions. */
export const messagesToChat: Translator = {
  request,
  answer,
  events: () => {
    const events = new MessageEvents();
    return (event) => events.of(event);
  },
};

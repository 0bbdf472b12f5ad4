import type { Translator } from '../../../../kits/dialect-kit/lazily.ts';
import { answer } from './answer.ts';
import { GeminiEvents } from './events.ts';
import { request } from './request.ts';

/** A request of the Gemini API, for providers that only have chat completions. */
export const geminiToChat: Translator = {
  request,
  answer,
  events: () => {
    const events = new GeminiEvents();
    return (event) => events.of(event);
  },
};

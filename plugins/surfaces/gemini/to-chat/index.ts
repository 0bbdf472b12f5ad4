import type { Translation } from '../../../../core/contracts/index.ts';
import { answer } from './answer.ts';
import { GeminiEvents } from './events.ts';
import { request } from './request.ts';

/** A request of the Gemini API, for providers that only have chat completions. */
export const geminiToChat: Translation = {
  name: 'gemini-to-chat',
  from: 'gemini',
  to: 'chat',
  path: '/chat/completions',
  countsStreams: true,
  request,
  answer,
  events: () => {
    const events = new GeminiEvents();
    return (event) => events.of(event);
  },
};

import type { Translation } from '../../../../core/contracts/index.ts';
import { generatePath } from '../paths.ts';
import { answer } from './answer.ts';
import { ChatEvents } from './events.ts';
import { request } from './request.ts';

/** A chat, for providers that only have the Gemini API. */
export const chatToGemini: Translation = {
  name: 'chat-to-gemini',
  from: 'chat',
  to: 'gemini',
  path: generatePath,
  request,
  answer,
  events: (call) => {
    const events = new ChatEvents(call);
    return (event) => events.of(event);
  },
};

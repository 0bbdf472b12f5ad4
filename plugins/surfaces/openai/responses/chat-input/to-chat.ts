import type { Translator } from '../../../../../kits/dialect-kit/lazily.ts';
import { isObject } from '../../../../../kits/dialect-kit/json.ts';
import { responsesToChat } from '../to-chat/index.ts';
import { asChat, hasMessages } from './as-chat.ts';
import { asResponse } from './as-response.ts';
import { customsOf, withTexts, TextArguments } from './custom-calls.ts';

/** For providers of chat. */
export const chatInputToChat: Translator = {
  request: (body, dropped = [], goesOn) => {
    if (hasMessages(body)) return asChat(body, dropped, true);
    const chat = responsesToChat.request(asResponse(body), dropped, goesOn);
    const { stream_options: counts } = body;
    return isObject(counts) ? { ...chat, stream_options: counts } : chat;
  },
  answer: (body, asked) => withTexts(body, customsOf(asked)),
  events: (asked) => {
    const calls = new TextArguments(customsOf(asked));
    return (event) => calls.of(event);
  },
};

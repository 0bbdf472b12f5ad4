import type { Translator } from '../../../../../kits/dialect-kit/lazily.ts';
import { chatToResponses } from '../from-chat/index.ts';
import { asChat, hasMessages } from './as-chat.ts';
import { asResponse } from './as-response.ts';
import { customsOf, withTexts, TextArguments } from './custom-calls.ts';

/** For providers of the Responses API: the body is theirs. */
export const chatInputToResponses: Translator = {
  request: (body, dropped = []) =>
    hasMessages(body)
      ? chatToResponses.request(asChat(body, dropped, false), dropped)
      : { ...asResponse(body), store: body.store ?? false },
  answer: (body, asked) => withTexts(chatToResponses.answer(body, asked), customsOf(asked)),
  events: (asked) => {
    const translate = chatToResponses.events(asked);
    const calls = new TextArguments(customsOf(asked));
    return (event) => translate(event).flatMap((one) => calls.of(one));
  },
};

import type { Call } from '../../../../core/contracts/index.ts';
import type { Translator } from '../../../../kits/dialect-kit/lazily.ts';
import { answer, textIn } from './answer.ts';
import { completeRequest } from './complete.ts';
import { contextAfter } from './context.ts';
import { embedAnswer, embeddingsAnswer, embeddingsRequest, embedRequest } from './embed.ts';
import { LineEvents } from './events.ts';
import { generateRequest } from './generate.ts';
import { messageLine, responseLine, type Line } from './lines.ts';
import { request } from './request.ts';

/** When a caller asked, and now, on the clock of `performance.now()`. */
function moments(asked: Call | undefined) {
  const ended = performance.now();
  return { asked: askedAt(asked), ended };
}

const askedAt = (call: Call | undefined): number =>
  call?.receivedEpochMs === undefined ? performance.now() : call.receivedEpochMs - performance.timeOrigin;

/** Answers that say how long they took, whole and streamed. */
const written = (line: Line, after?: typeof contextAfter): Omit<Translator, 'request'> => ({
  answer: (body, asked) => {
    const said = answer(line, body, moments(asked));
    return said === undefined ? body : { ...said, ...after?.(asked, textIn(body)) };
  },
  events: (asked) => {
    const events = new LineEvents(line, askedAt(asked), after && ((text) => after(asked, text)));
    return (event) => events.of(event);
  },
});

/** Vectors do not stream. */
const unstreamed: Translator['events'] = () => (event) => [event];

export const chat: Translator = { request, ...written(messageLine) };

export const generate: Translator = { request: generateRequest, ...written(responseLine, contextAfter) };

export const complete: Translator = { request: completeRequest, ...written(responseLine) };

export const embed: Translator = {
  request: embedRequest,
  answer: (body, asked) => embedAnswer(body, moments(asked)),
  events: unstreamed,
};

export const embeddings: Translator = {
  request: embeddingsRequest,
  answer: embeddingsAnswer,
  events: unstreamed,
};

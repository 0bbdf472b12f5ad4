import type { Call, Translation } from '../../../../core/contracts/index.ts';
import { answer, textIn } from './answer.ts';
import { completeRequest } from './complete.ts';
import { contextAfter, REMEMBERED } from './context.ts';
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
const written = (
  line: Line,
  after?: typeof contextAfter,
): Pick<Translation, 'answer' | 'events' | 'countsStreams'> => ({
  countsStreams: true,
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
const unstreamed: Translation['events'] = () => (event) => [event];

export const translations: readonly Translation[] = [
  {
    name: 'ollama-chat-to-chat',
    from: 'ollama-chat',
    to: 'chat',
    path: '/chat/completions',
    request,
    ...written(messageLine),
  },
  {
    name: 'ollama-generate-to-chat',
    from: 'ollama-generate',
    to: 'chat',
    path: '/chat/completions',
    request: generateRequest,
    ...written(responseLine, contextAfter),
    remembers: REMEMBERED,
  },
  {
    name: 'ollama-complete-to-completions',
    from: 'ollama-complete',
    to: 'completions',
    path: '/completions',
    request: completeRequest,
    ...written(responseLine),
  },
  {
    name: 'ollama-embed-to-embeddings',
    from: 'ollama-embed',
    to: 'embeddings',
    path: '/embeddings',
    request: embedRequest,
    answer: (body, asked) => embedAnswer(body, moments(asked)),
    events: unstreamed,
  },
  {
    name: 'ollama-embeddings-to-embeddings',
    from: 'ollama-embeddings',
    to: 'embeddings',
    path: '/embeddings',
    request: embeddingsRequest,
    answer: embeddingsAnswer,
    events: unstreamed,
  },
];

import { ApiError } from '../../../api/api-error.ts';
import { ask } from '../../../api/client.ts';
import { serverEvents } from '../../../live/sse.ts';
import { chosen } from './auto.ts';
import { unasked, type Answer, type Choice, type Turn } from './conversation.ts';
import { requestFor } from './request.ts';
import { change, changeAnswer, currentConversation } from './store.ts';
import { take } from './take.ts';

const running = new Map<string, AbortController>();

/** Sends a message to all chosen models at the same time. */
export function say(text: string, pictures: readonly string[]): void {
  const { choices } = currentConversation();
  const turn: Turn = { id: Date.now().toString(36), text, pictures, answers: choices.map(unasked) };
  change((before) => ({ ...before, turns: [...before.turns, turn] }));
  choices.forEach((choice, index) => void fetchAnswer(turn.id, index, choice));
}

/** Sends the same again; the previous answer is discarded. */
export function askAgain(turnId: string, index: number, choice: Choice): void {
  changeAnswer(turnId, index, () => unasked(choice));
  void fetchAnswer(turnId, index, choice);
}

/** Aborts all answers: the closed connection aborts the gateway's request, and the provider's. */
export function stopAll(): void {
  for (const stop of running.values()) stop.abort();
}

export function newChat(): void {
  stopAll();
  change((before) => ({ ...before, turns: [] }));
}

async function fetchAnswer(turnId: string, index: number, choice: Choice): Promise<void> {
  const key = `${turnId} ${index}`;
  const stop = new AbortController();
  running.set(key, stop);
  const begun = performance.now();
  const since = (): number => performance.now() - begun;
  const tell = (to: (before: Answer) => Answer): void => changeAnswer(turnId, index, to);
  try {
    const to = await chosen(choice, stop.signal);
    if (to !== choice) tell((before) => ({ ...before, choice: to }));
    const { query, body } = requestFor(to, upTo(turnId), index);
    const response = await ask('POST', 'v1/chat/completions', { query, body, signal: stop.signal });
    const headers = new Headers(response.headers);
    tell((before) => ({ ...before, ...giver(headers) }));
    // A stream that was silent for long began before its provider was known: a comment names it then.
    const commented = (comment: string): void => {
      const [, name, value] = /^(x-switchyard-[\w-]+): (.*)$/.exec(comment) ?? [];
      if (name === undefined || value === undefined) return;
      headers.set(name, value);
      tell((before) => ({ ...before, ...giver(headers) }));
    };
    let isDone = false;
    for await (const { data } of serverEvents(response.body!, commented)) {
      isDone ||= data === '[DONE]';
      if (!isDone) tell((before) => take(before, JSON.parse(data) as object, since()));
    }
    tell((before) => ended(before, isDone, since()));
  } catch (error) {
    tell((before) =>
      stop.signal.aborted
        ? { ...before, state: 'stopped', took: since() }
        : failed(before, error as Error, since()),
    );
  } finally {
    running.delete(key);
  }
}

function upTo(turnId: string) {
  const conversation = currentConversation();
  const at = conversation.turns.findIndex(({ id }) => id === turnId);
  return { ...conversation, turns: conversation.turns.slice(0, at + 1) };
}

function giver(headers: Headers): Partial<Answer> {
  return {
    provider: headers.get('x-switchyard-provider') ?? undefined,
    model: headers.get('x-switchyard-model') ?? undefined,
    attempts: Number(headers.get('x-switchyard-attempts') ?? 1),
    requestId: headers.get('x-switchyard-request-id') ?? undefined,
  };
}

/** The stream is over. Without a closing event and a reason, the answer is incomplete. */
function ended(answer: Answer, isDone: boolean, took: number): Answer {
  if (answer.state === 'failed') return answer;
  if (isDone || answer.finish !== undefined) return { ...answer, state: 'complete', took };
  return failed(answer, new Error('The connection ended before the answer did.'), took);
}

function failed(answer: Answer, error: Error, took: number): Answer {
  const told = error instanceof ApiError ? error : undefined;
  return {
    ...answer,
    state: 'failed',
    took,
    requestId: told?.requestId ?? answer.requestId,
    error: { message: error.message, code: told?.code, status: told?.status },
  };
}

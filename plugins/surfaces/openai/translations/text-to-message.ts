import type { SseEvent } from '../../../../core/contracts/index.ts';
import { isObject, objectsOf, parseExact, type Json } from '../../../../kits/dialect-kit/json.ts';
import { textOf } from '../../../../kits/dialect-kit/text-of.ts';

/** Converts a text_completion to the chat.completion that a chat client expects. */
export function messageAnswer(body: unknown): unknown {
  if (!isObject(body) || !Array.isArray(body.choices)) return body;
  return { ...body, object: 'chat.completion', choices: objectsOf(body.choices).map(messageChoice) };
}

/** A translator of chunks: the first chunk of a choice has the role. */
export function messageEvents(): (event: SseEvent) => SseEvent[] {
  const begun = new Set<unknown>();
  const speaking = new Set<unknown>();
  const deltaChoice = (choice: Json, position: number): Json => {
    const { text: _, message: _message, delta: _delta, logprobs: _logprobs, ...rest } = choice;
    const index = choice.index ?? position;
    const delta: Json = begun.has(index) ? {} : { role: 'assistant', content: '' };
    begun.add(index);
    const text = speaking.has(index) ? textOf(choice) : textOf(choice).trimStart();
    if (text !== '') {
      speaking.add(index);
      delta.content = text;
    }
    return { ...rest, index, delta, logprobs: null, finish_reason: choice.finish_reason ?? null };
  };
  return (given) => {
    const chunk = parseExact(given.data);
    if (!isObject(chunk) || !Array.isArray(chunk.choices)) return [given];
    const choices = objectsOf(chunk.choices).map(deltaChoice);
    return [
      { event: given.event, data: JSON.stringify({ ...chunk, object: 'chat.completion.chunk', choices }) },
    ];
  };
}

/** The space after "Assistant:" is the transcript's, not the answer's. */
function messageChoice(choice: Json, position: number): Json {
  const { text: _, message: _message, delta: _delta, ...rest } = choice;
  const message = { role: 'assistant', content: textOf(choice).trimStart(), refusal: null };
  return {
    ...rest,
    index: choice.index ?? position,
    message,
    logprobs: null,
    finish_reason: choice.finish_reason ?? null,
  };
}

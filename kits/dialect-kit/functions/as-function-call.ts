import type { SseEvent } from '../../../core/contracts/index.ts';
import { isObject, objectsOf, parseExact, type Json } from '../json.ts';
import { mergeInto } from '../merge.ts';

/** An answer whose tool call is the `function_call` of callers that offered functions. They take one call: the first. */
export function asFunctionCall(answer: unknown): unknown {
  if (!isObject(answer) || !Array.isArray(answer.choices)) return answer;
  const choices = objectsOf(answer.choices).map((choice) => {
    if (!isObject(choice.message)) return choice;
    const { tool_calls: calls, ...message } = choice.message;
    const [first] = objectsOf(calls);
    return {
      ...ended(choice),
      message: first ? { ...message, function_call: first.function } : choice.message,
    };
  });
  return { ...answer, choices };
}

/** The same for the chunks of a stream. */
export function functionCallEvents(): (event: SseEvent) => SseEvent[] {
  return (event) => {
    // Most chunks are text.
    if (!event.data.includes('"tool_calls"')) return [event];
    const chunk = parseExact(event.data);
    if (!isObject(chunk) || !Array.isArray(chunk.choices)) return [event];
    const choices = objectsOf(chunk.choices).flatMap(chunkChoice);
    if (choices.length === 0 && chunk.choices.length > 0 && !isObject(chunk.usage)) return [];
    return [{ ...event, data: JSON.stringify({ ...chunk, choices }) }];
  };
}

function chunkChoice(choice: Json): Json[] {
  if (!isObject(choice.delta) || !Array.isArray(choice.delta.tool_calls)) return [ended(choice)];
  const { tool_calls: fragments, ...delta } = choice.delta;
  const called: Json = {};
  for (const { index, function: piece } of objectsOf(fragments))
    if (index === 0 && isObject(piece)) mergeInto(called, piece);
  if (Object.keys(called).length > 0)
    return [{ ...ended(choice), delta: { ...delta, function_call: called } }];
  const saysOther = Object.keys(delta).length > 0 || (choice.finish_reason ?? null) !== null;
  return saysOther ? [{ ...ended(choice), delta }] : [];
}

const ended = (choice: Json): Json =>
  choice.finish_reason === 'tool_calls' ? { ...choice, finish_reason: 'function_call' } : choice;

import type { Call, SseEvent } from '../../../../core/contracts/index.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { deltaOf, partsOf } from '../../../../kits/dialect-kit/text-of.ts';
import { unfoldChoices } from './unfold-choices.ts';

/** The order in which a model produces members; members not listed come last. */
const ORDER = [
  'reasoning_content',
  'reasoning',
  'thinking',
  'reasoning_details',
  'content',
  'refusal',
  'tool_calls',
];

/** The chunks that a chat.completion would have been streamed in. */
export const unfoldChat = (answer: unknown, call: Call): SseEvent[] =>
  unfoldChoices(answer, call, 'chat.completion.chunk', chunksOf);

function chunksOf(choice: Json): Json[] {
  const { index, finish_reason, logprobs, delta: _delta, message: _message, text: _text, ...rest } = choice;
  const { role, ...members } = membersOf(
    deltaOf({ message: choice.message, delta: choice.delta, text: choice.text }),
  );
  const chunk = (delta: Json): Json => ({ index, delta, logprobs: null, finish_reason: null });
  const chunks = [chunk({ role: stringOf(role) || 'assistant', content: '' })];
  for (const name of [...ORDER, ...Object.keys(members).filter((other) => !ORDER.includes(other))]) {
    const value = members[name];
    if (value !== undefined && value !== null && value !== '') chunks.push(chunk({ [name]: value }));
  }
  if (isObject(logprobs)) chunks[chunks.length - 1]!.logprobs = logprobs;
  chunks.push({ ...chunk({}), ...rest, finish_reason: finish_reason ?? null });
  return chunks;
}

function membersOf(message: Json): Json {
  const { text, reasoning, others } = partsOf(message.content);
  const members: Json = { ...message, content: text };
  if (reasoning !== '') members.reasoning_content = reasoning;
  if (others.length > 0) members.content_parts = others;
  if (Array.isArray(message.tool_calls)) {
    members.tool_calls = objectsOf(message.tool_calls).map((call, index) => ({ index, ...call }));
  }
  return members;
}

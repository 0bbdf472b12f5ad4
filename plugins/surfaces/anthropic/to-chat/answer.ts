import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../../../core/errors.ts';
import { ownReason } from '../../../../kits/dialect-kit/finish-reasons.ts';
import { isObject, objectsOf, parseExact, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { deltaOf, partsOf } from '../../../../kits/dialect-kit/text-of.ts';
import { stopOf } from '../stop-reasons.ts';
import { messagesUsage } from '../usage.ts';

/** A chat.completion as the message that a caller of Anthropic's API expects. */
export function answer(body: unknown): unknown {
  if (!isObject(body) || !Array.isArray(body.choices)) return body;
  const [choice = {}] = objectsOf(body.choices);
  const message = deltaOf(choice);
  const isCut = ownReason(stringOf(choice.finish_reason)) === 'length';
  const calls = toolCallsOf(message).map((call) => toolUse(call, isCut));
  const refusal = stringOf(message.refusal);
  return {
    ...beginning(body),
    content: [...spoken(message), ...calls],
    ...stopOf(choice, { calls: calls.length > 0, refused: refusal !== '' }),
    usage: messagesUsage(isObject(body.usage) ? body.usage : {}),
  };
}

/** What a message has on top, whole or streamed. */
export const beginning = ({ id, model }: Json): Json => ({
  id: stringOf(id) || `msg_${randomUUID()}`,
  type: 'message',
  role: 'assistant',
  model,
});

/** Vendors write reasoning beside the content under several names, or as parts of it. */
export function spokenIn(message: Json): { readonly reasoning: string; readonly text: string } {
  const { text, reasoning } = partsOf(message.content);
  const { thinking } = message;
  const beside =
    stringOf(message.reasoning_content) ||
    stringOf(message.reasoning) ||
    stringOf(isObject(thinking) ? thinking.content : thinking);
  return { reasoning: beside || reasoning, text: text + stringOf(message.refusal) };
}

function spoken(message: Json): Json[] {
  const { reasoning, text } = spokenIn(message);
  return [
    ...(reasoning === '' ? [] : [{ type: 'thinking', thinking: reasoning, signature: '' }]),
    ...(text === '' ? [] : [{ type: 'text', text, citations: null }]),
  ];
}

/** Tool calls, and the one function call that they were before. */
export function toolCallsOf({ tool_calls: calls, function_call: called }: Json): Json[] {
  const all = objectsOf(calls);
  return all.length === 0 && isObject(called) ? [{ function: called }] : all;
}

function toolUse({ id, function: called }: Json, isCut: boolean): Json {
  const { name, arguments: text } = isObject(called) ? called : {};
  return {
    type: 'tool_use',
    id: stringOf(id) || `toolu_${randomUUID()}`,
    name,
    input: inputOf(text, name, isCut),
  };
}

function inputOf(text: unknown, name: unknown, isCut: boolean): unknown {
  if (isObject(text)) return text;
  const input = stringOf(text).trim() === '' ? {} : parseExact(stringOf(text));
  if (isObject(input)) return input;
  // Of an answer that ran out of tokens a call may be a half: that it did is said beside.
  if (isCut) return {};
  const shown = stringOf(text).slice(0, 100);
  throw new GatewayError(
    'upstream_malformed',
    `the arguments of the tool '${stringOf(name)}' are no JSON object: ${shown}`,
  );
}

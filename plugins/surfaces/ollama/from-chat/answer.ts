import { randomUUID } from 'node:crypto';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { required } from '../../../../kits/dialect-kit/required.ts';
import { finishReason } from '../done-reasons.ts';
import { chatUsage } from '../usage.ts';

/** An answer of `/api/chat` as the chat.completion that a caller of chat expects. */
export function answer(body: unknown): unknown {
  if (!isObject(body) || !isObject(body.message)) return body;
  const { content, thinking, tool_calls: called } = body.message;
  const calls = objectsOf(called).map((call) => toolCall(call));
  const text = stringOf(content);
  const reasoning = stringOf(thinking);
  const message = {
    role: 'assistant',
    content: text === '' && (calls.length > 0 || reasoning !== '') ? null : text,
    refusal: null,
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  const choice = {
    index: 0,
    message,
    logprobs: logprobsOf(body),
    finish_reason: finishReason(body.done_reason, calls.length > 0),
  };
  return {
    ...required({ created: secondsOf(body.created_at) }),
    object: 'chat.completion',
    model: body.model,
    choices: [choice],
    usage: chatUsage(body),
  };
}

/** Older versions have no ids and no indexes of calls. */
export function toolCall({ id, function: called }: Json): Json {
  const { name, arguments: args } = isObject(called) ? called : {};
  return {
    id: stringOf(id) || `call_${randomUUID()}`,
    type: 'function',
    function: { name, arguments: typeof args === 'string' ? args : JSON.stringify(args ?? {}) },
  };
}

export const logprobsOf = ({ logprobs }: Json): Json | null =>
  Array.isArray(logprobs) && logprobs.length > 0 ? { content: logprobs, refusal: null } : null;

/** undefined: it says no time */
export function secondsOf(date: unknown): number | undefined {
  const ms = Date.parse(stringOf(date));
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1_000);
}

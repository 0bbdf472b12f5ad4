import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { required } from '../../../../kits/dialect-kit/required.ts';
import { chatReason } from '../finish-reasons.ts';
import { chatUsage } from '../usage.ts';

/** An answer of Cohere's as the chat.completion that a caller of chat expects. */
export function answer(body: unknown, asked?: { readonly model: string }): unknown {
  if (!isObject(body) || !isObject(body.message)) return body;
  const choice = {
    index: 0,
    message: messageOf(body.message),
    logprobs: logprobsOf(body.logprobs),
    finish_reason: chatReason(body.finish_reason),
  };
  return {
    ...required(body),
    object: 'chat.completion',
    // Its answers do not name it.
    model: asked?.model ?? '',
    choices: [choice],
    usage: chatUsage(body.usage),
  };
}

function messageOf({ content, tool_plan: plan, tool_calls: calls, citations }: Json): Json {
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : objectsOf(content);
  const text = blocks.map((block: Json) => stringOf(block.text)).join('');
  const thought = blocks.map((block: Json) => stringOf(block.thinking)).join('') + stringOf(plan);
  const called = objectsOf(calls);
  return {
    role: 'assistant',
    content: text === '' && (called.length > 0 || thought !== '') ? null : text,
    refusal: null,
    ...(thought !== '' && { reasoning_content: thought }),
    ...(called.length > 0 && { tool_calls: called }),
    ...(objectsOf(citations).length > 0 && { citations }),
  };
}

/** A piece of text may have several tokens; chat takes one probability a piece. */
export function logprobsOf(items: unknown): Json | null {
  const given = objectsOf(items);
  if (given.length === 0) return null;
  return { content: given.map(logprobOf), refusal: null };
}

function logprobOf({ text, logprobs }: Json): Json {
  const all = Array.isArray(logprobs) ? logprobs.map(Number) : [];
  const logprob = all.reduce((sum, one) => sum + one, 0);
  return { token: stringOf(text), logprob, bytes: [...Buffer.from(stringOf(text))], top_logprobs: [] };
}

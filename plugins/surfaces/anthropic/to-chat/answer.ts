import { randomUUID } from 'node:crypto';
import { signedThoughts } from '../../../../kits/dialect-kit/claude-thought.ts';
import { ownReason } from '../../../../kits/dialect-kit/finish-reasons.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { argumentsIn, namelessCall, spokenIn, toolCallsOf } from '../../../../kits/dialect-kit/spoken.ts';
import { deltaOf } from '../../../../kits/dialect-kit/text-of.ts';
import { stopOf } from '../stop-reasons.ts';
import { messagesUsage } from '../usage.ts';

/** A chat.completion as the message that a caller of Anthropic's API expects. */
export function answer(body: unknown): unknown {
  if (!isObject(body) || !Array.isArray(body.choices)) return body;
  const [choice = {}] = objectsOf(body.choices);
  const message = deltaOf(choice);
  const isCut = ownReason(stringOf(choice.finish_reason)) === 'length';
  const calls = toolCallsOf(message).flatMap((call) => toolUses(call, isCut));
  const refusal = stringOf(message.refusal);
  return {
    ...beginning(body),
    content: [...spoken(message), ...calls],
    ...stopOf(choice, { calls: calls.length > 0, refused: refusal !== '' }),
    usage: messagesUsage(isObject(body.usage) ? body.usage : {}),
  };
}

/** The head of a message, whole or streamed. */
export const beginning = ({ id, model }: Json): Json => ({
  id: stringOf(id) || `msg_${randomUUID()}`,
  type: 'message',
  role: 'assistant',
  model,
});

function spoken(message: Json): Json[] {
  const { reasoning, text: said } = spokenIn(message);
  // Anthropic's API takes no text back that is white space alone, and some servers write one before a call.
  const text = said.trim() === '' && (reasoning !== '' || toolCallsOf(message).length > 0) ? '' : said;
  return [...thoughts(message, reasoning), ...(text === '' ? [] : [{ type: 'text', text, citations: null }])];
}

/** Reasoning that Claude signed stays in blocks of its own: only so can it be sent back. */
function thoughts({ reasoning_details: details }: Json, reasoning: string): Json[] {
  const signed = signedThoughts(details);
  if (signed.length === 0)
    return reasoning === '' ? [] : [{ type: 'thinking', thinking: reasoning, signature: '' }];
  return signed.map(({ text, signature, data }) =>
    signature === '' ? { type: 'redacted_thinking', data } : { type: 'thinking', thinking: text, signature },
  );
}

/** The last call of an answer that ran out of tokens may have no name yet: it is dropped. */
function toolUses({ id, function: called }: Json, isCut: boolean): Json[] {
  const { name, arguments: text } = isObject(called) ? called : {};
  if (stringOf(name) === '') {
    if (isCut) return [];
    throw namelessCall();
  }
  const input = argumentsIn(text, name, isCut);
  return [{ type: 'tool_use', id: stringOf(id) || `toolu_${randomUUID()}`, name, input }];
}

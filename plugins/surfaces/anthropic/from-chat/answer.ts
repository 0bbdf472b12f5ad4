import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { required } from '../../../../kits/dialect-kit/required.ts';
import { finishReason } from '../stop-reasons.ts';
import { chatUsage } from '../usage.ts';
import { hiddenThought, signedThought } from '../../../../kits/dialect-kit/claude-thought.ts';

/** A message of Anthropic's API as the chat.completion that a caller of chat expects. */
export function answer(body: unknown): unknown {
  if (!isObject(body) || (body.type !== 'message' && !Array.isArray(body.content))) return body;
  return {
    ...required(body),
    object: 'chat.completion',
    model: body.model,
    choices: [
      { index: 0, message: messageOf(body), logprobs: null, finish_reason: finishReason(body.stop_reason) },
    ],
    usage: chatUsage(isObject(body.usage) ? body.usage : {}),
  };
}

function messageOf({ content, stop_details: details }: Json): Json {
  const blocks: Json[] = typeof content === 'string' ? [{ type: 'text', text: content }] : objectsOf(content);
  let text = '';
  let reasoning = '';
  const thoughts: Json[] = [];
  const calls: Json[] = [];
  for (const [index, block] of blocks.entries()) {
    if (block.type === 'text') text += stringOf(block.text);
    else if (block.type === 'tool_use') calls.push(toolCall(block));
    else if (block.type === 'redacted_thinking') thoughts.push(hiddenThought(block.data, index));
    else if (block.type === 'thinking') {
      const [thought, signature] = [stringOf(block.thinking), stringOf(block.signature)];
      reasoning += thought;
      if (signature !== '') thoughts.push(signedThought(thought, signature, index));
    }
  }
  const refusal = refusalIn(details);
  const saysOther = calls.length > 0 || reasoning !== '' || refusal !== null;
  return {
    role: 'assistant',
    content: text === '' && saysOther ? null : text,
    refusal,
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(thoughts.length > 0 && { reasoning_details: thoughts }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

/** Why an answer was refused, in the words that came with it. */
export const refusalIn = (details: unknown): string | null =>
  (isObject(details) && details.type === 'refusal' && stringOf(details.explanation)) || null;

const toolCall = ({ id, name, input }: Json): Json => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(input ?? {}) },
});

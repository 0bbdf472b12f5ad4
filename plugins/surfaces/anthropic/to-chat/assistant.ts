import { hiddenThought, signedThought } from '../../../../kits/dialect-kit/claude-thought.ts';
import { stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { blocksOf, cacheOf, isCached } from './parts.ts';
import { cannotSay } from './refuse.ts';

/** The text, reasoning and tool calls of a turn, as one message. */
export function assistantMessage(content: unknown, at: string, members: Members): Json[] {
  const texts: Json[] = [];
  let reasoning = '';
  const signed: Json[] = [];
  const calls: Json[] = [];
  for (const [block, place] of blocksOf(content, at)) {
    const cache = cacheOf(block, members);
    if (Array.isArray(block.citations) && block.citations.length > 0) members.dropped('citations');
    if (block.type === 'text') texts.push({ type: 'text', text: stringOf(block.text), ...cache });
    else if (isSigned(block) && members.goesOn) signed.push(thoughtOf(block, signed.length));
    else if (block.type === 'thinking') reasoning += portable(block, members);
    else if (block.type === 'tool_use') {
      calls.push(toolCall(block));
      if (isCached(block)) members.dropped('cache_control');
    } else if (block.type === 'redacted_thinking') members.dropped('redacted_thinking');
    else cannotSay(`${place}.type`, block.type);
  }
  const message: Json = { role: 'assistant', content: texts.length === 0 ? null : contentOf(texts) };
  if (signed.length > 0) message.reasoning_details = signed;
  if (reasoning !== '') message.reasoning_content = reasoning;
  if (calls.length > 0) message.tool_calls = calls;
  else message.content ??= '';
  return [message];
}

const contentOf = (texts: readonly Json[]): unknown =>
  texts.some(isCached) ? texts : texts.map(({ text }) => text).join('');

const isSigned = ({ type, signature }: Json): boolean =>
  type === 'redacted_thinking' || (type === 'thinking' && Boolean(signature));

/** Signed reasoning is kept for a provider that may take it back. */
const thoughtOf = ({ type, thinking, signature, data }: Json, index: number): Json =>
  type === 'redacted_thinking'
    ? hiddenThought(data, index)
    : signedThought(stringOf(thinking), stringOf(signature), index);

/** Reasoning that another vendor signed is for that vendor's models alone; translated reasoning has no signature. */
function portable({ thinking, signature }: Json, members: Members): string {
  if (!signature) return stringOf(thinking);
  members.dropped('thinking');
  return '';
}

const toolCall = ({ id, name, input }: Json): Json => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(input ?? {}) },
});

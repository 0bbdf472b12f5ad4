import { stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { blocksOf, noteCache } from './parts.ts';
import { cannotSay } from './refuse.ts';

/** What the model said, thought and called, as one message. */
export function assistantMessage(content: unknown, at: string, members: Members): Json[] {
  const texts: string[] = [];
  let reasoning = '';
  const calls: Json[] = [];
  for (const [block, place] of blocksOf(content, at)) {
    noteCache(block, members);
    if (block.type === 'text') texts.push(stringOf(block.text));
    else if (block.type === 'thinking') reasoning += portable(block, members);
    else if (block.type === 'tool_use') calls.push(toolCall(block));
    else if (block.type === 'redacted_thinking') members.dropped('redacted_thinking');
    else cannotSay(`${place}.type`, block.type);
  }
  const message: Json = { role: 'assistant', content: texts.length === 0 ? null : texts.join('') };
  if (reasoning !== '') message.reasoning_content = reasoning;
  if (calls.length > 0) message.tool_calls = calls;
  else message.content ??= '';
  return [message];
}

/** Thought that another vendor signed is for that vendor's models alone; what was translated here has no signature. */
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

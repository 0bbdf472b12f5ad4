import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { assistantBlocks, toolUseId } from './assistant.ts';
import { blocksOf } from './parts.ts';
import { cannotSay } from './refuse.ts';

/** The conversation as Anthropic's API has it: the system prompt beside it, results of tools in the user's turn. */
export function anthropicMessages(members: Members): Json {
  const given = members.take('messages');
  if (!Array.isArray(given)) return cannotSay('messages', given);
  const system: Json[] = [];
  const turns: { role: string; content: Json[] }[] = [];
  const add = (role: string, blocks: readonly Json[]): void => {
    if (blocks.length === 0) return;
    const last = turns.at(-1);
    // All results of a turn's calls must stand in one message.
    if (last?.role === role) last.content.push(...blocks);
    else turns.push({ role, content: [...blocks] });
  };
  for (const [nth, message] of given.entries()) {
    const at = `messages[${nth}]`;
    if (!isObject(message)) return cannotSay(at, message);
    const { role, content } = message;
    if (message.name !== undefined && message.name !== null) members.dropped('messages.name');
    if (role === 'system' || role === 'developer') system.push(...blocksOf(content, `${at}.content`));
    else if (role === 'user') add('user', blocksOf(content, `${at}.content`));
    else if (role === 'assistant') add('assistant', assistantBlocks(message, at, members));
    else if (role === 'tool') add('user', [toolResult(message, at)]);
    else cannotSay(`${at}.role`, role);
  }
  return { ...(system.length > 0 && { system }), messages: turns };
}

function toolResult({ tool_call_id: id, content }: Json, at: string): Json {
  const blocks = blocksOf(content, `${at}.content`);
  return { type: 'tool_result', tool_use_id: toolUseId(id), ...(blocks.length > 0 && { content: blocks }) };
}

import { append } from '../../../../kits/dialect-kit/append.ts';
import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { cacheOfMessage, noteDetails, noteOthers } from '../../../../kits/dialect-kit/message-members.ts';
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
    if (last?.role !== role) turns.push({ role, content: [...blocks] });
    else if (blocks[0]?.type !== 'tool_result') append(last.content, blocks);
    // All results of a turn's calls must stand in one message, and first.
    else last.content.splice(last.content.findLastIndex(isResult) + 1, 0, ...blocks);
  };
  for (const [nth, message] of given.entries()) {
    const at = `messages[${nth}]`;
    if (!isObject(message)) return cannotSay(at, message);
    const { role, content } = message;
    if (message.name !== undefined && message.name !== null) members.dropped('messages.name');
    noteOthers(message, at, members, cannotSay);
    noteDetails(message, members);
    if (role === 'system' || role === 'developer') {
      const blocks = cached(message, blocksOf(content, `${at}.content`));
      if (turns.length === 0) append(system, blocks);
      else {
        // A system prompt in the middle holds from there on: keeping its place matters more than keeping its role.
        members.dropped('messages.role');
        add('user', blocks);
      }
    } else if (role === 'user') add('user', cached(message, blocksOf(content, `${at}.content`)));
    else if (role === 'assistant') add('assistant', cached(message, assistantBlocks(message, at, members)));
    else if (role === 'tool') add('user', cached(message, [toolResult(message, at)]));
    else cannotSay(`${at}.role`, role);
  }
  // The API takes no conversation without a turn.
  if (turns.length === 0) add('user', system.splice(0));
  return { ...(system.length > 0 && { system }), messages: turns };
}

const isResult = ({ type }: Json): boolean => type === 'tool_result';

/** `cache_control` of a message moves to its last block. */
function cached(message: Json, blocks: Json[]): Json[] {
  const cache = cacheOfMessage(message);
  const last = blocks.at(-1);
  return cache && last ? [...blocks.slice(0, -1), { cache_control: cache, ...last }] : blocks;
}

function toolResult({ tool_call_id: id, content }: Json, at: string): Json {
  const blocks = blocksOf(content, `${at}.content`);
  return { type: 'tool_result', tool_use_id: toolUseId(id), ...(blocks.length > 0 && { content: blocks }) };
}

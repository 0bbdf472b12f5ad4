import { append } from '../../../../kits/dialect-kit/append.ts';
import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { cacheOfMessage, noteDetails, noteOthers } from '../../../../kits/dialect-kit/message-members.ts';
import { assistantBlocks } from './assistant.ts';
import { Blocks, cachePoint } from './blocks.ts';
import { cannotSay } from './refuse.ts';
import { toolUseId } from './tool-use-id.ts';

/** The conversation as the Converse API has it: the system prompt beside it, results of tools in the user's turn. */
export function conversation(members: Members): Json {
  const given = members.take('messages');
  if (!Array.isArray(given)) return cannotSay('messages', given);
  const system: Json[] = [];
  const turns: { role: string; content: Json[] }[] = [];
  const add = (role: string, content: readonly Json[]): void => {
    if (content.length === 0) return;
    const last = turns.at(-1);
    // Roles take turns, and all results of a turn's calls stand in one message.
    if (last?.role === role) append(last.content, content);
    else turns.push({ role, content: [...content] });
  };
  const blocks = new Blocks();
  for (const [nth, message] of given.entries()) {
    const at = `messages[${nth}]`;
    if (!isObject(message)) return cannotSay(at, message);
    const { role, content } = message;
    if (message.name !== undefined && message.name !== null) members.dropped('messages.name');
    noteOthers(message, at, members, cannotSay);
    noteDetails(message, members);
    const cache = cacheOfMessage(message);
    const cached = (said: Json[]): Json[] =>
      cache && said.length > 0 && !isPoint(said.at(-1) as Json) ? [...said, cachePoint(cache)] : said;
    // A system prompt in the middle moves to the front.
    if (isPrompt(role) && turns.length > 0) members.dropped('messages.role');
    if (isPrompt(role)) append(system, cached(blocks.textsOf(content, `${at}.content`)));
    else if (role === 'user') add('user', cached(blocks.of(content, `${at}.content`)));
    else if (role === 'assistant') add('assistant', cached(assistantBlocks(message, at, blocks, members)));
    else if (role === 'tool') add('user', cached(toolResult(message, at, blocks)));
    else cannotSay(`${at}.role`, role);
  }
  // The API takes no conversation without a turn.
  if (turns.length === 0) add('user', system.splice(0));
  return { ...(system.length > 0 && { system }), messages: turns };
}

const isPrompt = (role: unknown): boolean => role === 'system' || role === 'developer';

const isPoint = (block: Json): boolean => 'cachePoint' in block;

function toolResult({ tool_call_id: id, content }: Json, at: string, blocks: Blocks): Json[] {
  const found = blocks.of(content, `${at}.content`);
  // A cache point stands beside a result, not in it.
  const result = { toolUseId: toolUseId(id), content: found.filter((block) => !isPoint(block)) };
  return [{ toolResult: result }, ...found.filter(isPoint).slice(-1)];
}

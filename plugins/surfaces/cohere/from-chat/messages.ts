import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../kits/dialect-kit/members.ts';
import { cannotSay } from './refuse.ts';

/** The conversation as Cohere has it: thought is a block beside the text, and the plan behind a call. */
export function cohereMessages(given: unknown, dropped: string[]): Json[] {
  if (!Array.isArray(given)) return cannotSay('messages', given);
  return given.map((message: unknown, nth) => {
    const at = `messages[${nth}]`;
    if (!isObject(message)) return cannotSay(at, message);
    const members = new Members(message, dropped);
    const said = cohereMessage(members, at);
    for (const name of ['name', 'reasoning_details', 'annotations', 'cache_control', 'extra_content'])
      if (members.take(name) !== undefined) members.dropped(`messages.${name}`);
    members.end((name, value) => cannotSay(`${at}.${name}`, value), isEmpty);
    return said;
  });
}

const isEmpty = (_name: string, value: unknown): boolean =>
  value === '' || (Array.isArray(value) && value.length === 0);

function cohereMessage(members: Members, at: string): Json {
  const role = members.take('role');
  const refusal = members.take('refusal');
  const content = members.take('content') ?? refusal;
  const parts = (images: boolean): unknown => contentOf(content, `${at}.content`, images, members);
  if (role === 'system' || role === 'developer') return { role: 'system', content: parts(false) ?? '' };
  if (role === 'user') return { role, content: parts(true) ?? '' };
  if (role === 'tool')
    return { role, tool_call_id: members.take('tool_call_id'), content: parts(false) ?? '' };
  if (role !== 'assistant') return cannotSay(`${at}.role`, role);
  return { role, ...assistantOf(parts(false), members) };
}

function assistantOf(content: unknown, members: Members): Json {
  const thought = stringOf(members.take('reasoning_content')) || stringOf(members.take('reasoning'));
  const calls = objectsOf(members.take('tool_calls')).map(({ id, function: called }) => ({
    id,
    type: 'function',
    function: called,
  }));
  const citations = members.take('citations');
  const cited = citations === undefined ? {} : { citations };
  if (calls.length > 0)
    return {
      ...(content !== undefined && content !== '' && { content }),
      ...(thought !== '' && { tool_plan: thought }),
      tool_calls: calls,
      ...cited,
    };
  if (thought === '') return { content: content ?? '', ...cited };
  const texts = Array.isArray(content) ? (content as Json[]) : [{ type: 'text', text: stringOf(content) }];
  return { content: [{ type: 'thinking', thinking: thought }, ...texts], ...cited };
}

/** @param images only a user has them */
function contentOf(content: unknown, at: string, images: boolean, members: Members): unknown {
  if (content === undefined || typeof content === 'string') return content;
  if (!Array.isArray(content)) return cannotSay(at, content);
  return content.map((part: unknown, nth) => {
    const place = `${at}[${nth}]`;
    if (!isObject(part)) return cannotSay(place, part);
    if (isObject(part.cache_control)) members.dropped('cache_control');
    if (part.type === 'text') return { type: 'text', text: part.text };
    if (part.type === 'refusal') return { type: 'text', text: part.refusal };
    if (part.type !== 'image_url' || !images) return cannotSay(`${place}.type`, part.type);
    const url = isObject(part.image_url) ? part.image_url : { url: part.image_url };
    return { type: 'image_url', image_url: url };
  });
}

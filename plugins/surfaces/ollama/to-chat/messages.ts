import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../kits/dialect-kit/members.ts';
import { CalledTools } from './called-tools.ts';
import { mediaParts } from './images.ts';
import { cannotSay } from './refuse.ts';

/** The conversation as chat has it. Ids that calls of tools lack are made up, the same whenever it is sent again. */
export function chatMessages(given: unknown, dropped: string[]): Json[] {
  if (!Array.isArray(given)) return cannotSay('messages', given);
  const tools = new CalledTools();
  return given.map((message: unknown, nth) => {
    const at = `messages[${nth}]`;
    if (!isObject(message)) return cannotSay(at, message);
    const members = new Members(message, dropped);
    const said = chatMessage(members, at, nth, tools);
    if (members.take('name') !== undefined) members.dropped('messages.name');
    members.end((name, value) => cannotSay(`${at}.${name}`, value), asksNothing);
    return said;
  });
}

const asksNothing = (_name: string, value: unknown): boolean =>
  value === '' || (Array.isArray(value) && value.length === 0);

function chatMessage(members: Members, at: string, nth: number, tools: CalledTools): Json {
  const given = members.take('role');
  const role = stringOf(given).toLowerCase();
  const content = members.take('content') ?? '';
  if (typeof content !== 'string') return cannotSay(`${at}.content`, content);
  if (role === 'system') return { role, content };
  if (role === 'user') return { role, content: userContent(content, members.take('images'), `${at}.images`) };
  if (role === 'assistant') return assistantMessage(content, members, at, nth, tools);
  if (role !== 'tool') return cannotSay(`${at}.role`, given);
  const id = tools.answered(stringOf(members.take('tool_call_id')), stringOf(members.take('tool_name')));
  return { role, tool_call_id: id ?? cannotSay(at, 'a result of a tool that was not called'), content };
}

export function userContent(text: string, images: unknown, at: string): unknown {
  const media = mediaParts(images, at);
  if (media.length === 0) return text;
  return text === '' ? media : [{ type: 'text', text }, ...media];
}

function assistantMessage(
  content: string,
  members: Members,
  at: string,
  nth: number,
  tools: CalledTools,
): Json {
  const thinking = members.take('thinking');
  const calls = objectsOf(members.take('tool_calls')).map(({ id, function: called }, place) => {
    if (!isObject(called)) return cannotSay(`${at}.tool_calls[${place}]`, called);
    const name = stringOf(called.name);
    const own = stringOf(id) || `call_${nth}_${place}`;
    tools.called(own, name);
    return { id: own, type: 'function', function: { name, arguments: argumentsOf(called.arguments) } };
  });
  return {
    role: 'assistant',
    content: content === '' && calls.length > 0 ? null : content,
    ...(stringOf(thinking) !== '' && { reasoning_content: thinking }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

/** Ollama takes an object; some clients send the text of one, as chat has it. */
const argumentsOf = (given: unknown): string =>
  typeof given === 'string' ? given : JSON.stringify(given ?? {});

import { callArguments } from '../../../../kits/dialect-kit/call-arguments.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../kits/dialect-kit/members.ts';
import { noteDetails } from '../../../../kits/dialect-kit/message-members.ts';
import { contentOf } from './content.ts';
import { cannotSay } from './refuse.ts';

/** The conversation as Ollama has it: texts, with pictures beside them, and the names of tools at their results. */
export function ollamaMessages(given: unknown, dropped: string[]): Json[] {
  if (!Array.isArray(given)) return cannotSay('messages', given);
  const names = new Map<unknown, string>();
  return given.map((message: unknown, nth) => {
    const at = `messages[${nth}]`;
    if (!isObject(message)) return cannotSay(at, message);
    const members = new Members(message, dropped);
    const said = ollamaMessage(members, at, names);
    noteDetails(message, members);
    for (const name of ['name', 'reasoning_details', 'annotations', 'cache_control', 'extra_content'])
      if (members.take(name) !== undefined) members.dropped(`messages.${name}`);
    members.end((name, value) => cannotSay(`${at}.${name}`, value), isEmpty);
    return said;
  });
}

const isEmpty = (_name: string, value: unknown): boolean =>
  value === '' || (Array.isArray(value) && value.length === 0);

function ollamaMessage(members: Members, at: string, names: Map<unknown, string>): Json {
  const role = members.take('role');
  const content = members.take('content');
  const said = contentOf(content ?? members.take('refusal'), `${at}.content`, members);
  if (role === 'system' || role === 'developer') return { role: 'system', ...said };
  if (role === 'user') return { role, ...said };
  if (role === 'assistant') return { role, ...said, ...thoughtAndCalls(members, at, names) };
  if (role !== 'tool') return cannotSay(`${at}.role`, role);
  const id = members.take('tool_call_id');
  const name = names.get(id);
  return { role, ...said, ...(name !== undefined && { tool_name: name }), tool_call_id: id };
}

function thoughtAndCalls(members: Members, at: string, names: Map<unknown, string>): Json {
  const thinking = stringOf(members.take('reasoning_content')) || stringOf(members.take('reasoning'));
  const calls = objectsOf(members.take('tool_calls')).map(({ id, function: called }, nth) => {
    const place = `${at}.tool_calls[${nth}]`;
    if (!isObject(called)) return cannotSay(place, called);
    const name = stringOf(called.name);
    names.set(id, name);
    return { id, function: { index: nth, name, arguments: callArguments(called.arguments) } };
  });
  return { ...(thinking !== '' && { thinking }), ...(calls.length > 0 && { tool_calls: calls }) };
}

import { isObject, objectsOf, stringOf, type Json } from '../../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../../kits/dialect-kit/members.ts';
import { cacheOfMessage, noteOthers } from '../../../../../kits/dialect-kit/message-members.ts';
import { reasoningItems } from '../reasoning-details.ts';
import { contentOf, textOf } from './parts.ts';
import { cannotSay } from './refuse.ts';

/** A chat's messages as items; the first system prompt is the instructions. */
export function inputOf(members: Members): Json {
  const messages = members.take('messages');
  if (!Array.isArray(messages)) return cannotSay('messages', messages);
  const customs = new Set<unknown>();
  const items = messages.flatMap((message: unknown, nth) =>
    isObject(message)
      ? itemsOf(message, `messages[${nth}]`, customs, members)
      : cannotSay(`messages[${nth}]`, message),
  );
  const [first] = items;
  // It stays where there is nothing else: an input must not be empty.
  if (first?.role !== 'system' || items.length === 1) return { input: items };
  return { instructions: first.content, input: items.slice(1) };
}

/** @param customs ids of calls of custom tools, whose results are items of their own kind */
function itemsOf(message: Json, at: string, customs: Set<unknown>, members: Members): Json[] {
  const { role, content } = message;
  if (typeof message.name === 'string') members.dropped('messages.name');
  if (cacheOfMessage(message)) members.dropped('cache_control');
  noteOthers(message, at, members, cannotSay);
  switch (role) {
    case 'user':
      return [{ role, content: contentOf(content, `${at}.content`, members) }];
    case 'system':
    case 'developer':
      return [{ role, content: textOf(content, `${at}.content`, members, '\n\n') }];
    case 'assistant':
      return turnOf(message, at, customs, members);
    case 'tool': {
      const { tool_call_id: id } = message;
      const type = customs.has(id) ? 'custom_tool_call_output' : 'function_call_output';
      return [{ type, call_id: id, output: contentOf(content, `${at}.content`, members) }];
    }
    default:
      return cannotSay(`${at}.role`, role);
  }
}

/** The reasoning, text and tool calls of a message, in this order. */
function turnOf(message: Json, at: string, customs: Set<unknown>, members: Members): Json[] {
  const { content, refusal, tool_calls: calls, function_call: called, audio } = message;
  if (isObject(called)) cannotSay(`${at}.function_call`, called);
  if (isObject(audio)) cannotSay(`${at}.audio`, audio);
  const thoughts = reasoningItems(message.reasoning_details);
  // The API takes back only reasoning that its own models have sealed.
  if (thoughts.length === 0 && stringOf(message.reasoning_content) !== '')
    members.dropped('messages.reasoning_content');
  const text = textOf(content, `${at}.content`, members) + stringOf(refusal);
  return [
    ...thoughts,
    ...(text === '' && objectsOf(calls).length > 0 ? [] : [{ role: 'assistant', content: text }]),
    ...objectsOf(calls).map((call, nth) => callOf(call, `${at}.tool_calls[${nth}]`, customs)),
  ];
}

function callOf(
  { id, type = 'function', function: called, custom }: Json,
  at: string,
  customs: Set<unknown>,
): Json {
  if (type === 'custom' && isObject(custom)) {
    customs.add(id);
    return { type: 'custom_tool_call', call_id: id, name: custom.name, input: stringOf(custom.input) };
  }
  if (type !== 'function' || !isObject(called)) return cannotSay(`${at}.type`, type);
  const { name, arguments: args } = called;
  const text = isObject(args) ? JSON.stringify(args) : stringOf(args) || '{}';
  return { type: 'function_call', call_id: id, name, arguments: text };
}

import { isObject, objectsOf, stringOf, type Json } from '../../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../../kits/dialect-kit/members.ts';
import { unsealed } from '../encrypted-reasoning.ts';
import { chatName } from '../tool-names.ts';
import type { Thought, ToolResult } from './conversation.ts';
import { isText, partsOf } from './parts.ts';
import { cannotSay } from './refuse.ts';

/** The reasoning of an item. Reasoning that another vendor sealed is dropped: only its own models can read it. */
export function reasoningOf({ summary, content, encrypted_content }: Json, members: Members): Thought {
  const sealed = stringOf(encrypted_content);
  const details = sealed === '' ? [] : unsealed(sealed);
  if (details === undefined) {
    members.dropped('input.encrypted_content');
    return { text: '', details: [] };
  }
  const texts = objectsOf(content).length > 0 ? objectsOf(content) : objectsOf(summary);
  return { text: texts.map(({ text }) => stringOf(text)).join('\n\n'), details };
}

/** A call as chat has it; the text of a custom tool becomes its one argument. */
export function callOf(item: Json, at: string): Json {
  const { type, call_id: id, name, namespace, arguments: args, input, caller } = item;
  if (stringOf(id) === '') cannotSay(`${at}.call_id`, id);
  if (isObject(caller) && caller.type !== 'direct') cannotSay(`${at}.caller`, caller);
  const text =
    type === 'custom_tool_call' ? JSON.stringify({ input: stringOf(input) }) : stringOf(args) || '{}';
  return { id, type: 'function', function: { name: chatName(name, namespace), arguments: text } };
}

export function outputOf({ call_id: id, output }: Json, at: string, members: Members): ToolResult {
  if (stringOf(id) === '') cannotSay(`${at}.call_id`, id);
  const parts = partsOf(output, `${at}.output`, members);
  const texts = parts.filter(isText).map(({ text }) => stringOf(text));
  return { id, text: texts.join('\n\n'), others: parts.filter((part) => !isText(part)) };
}

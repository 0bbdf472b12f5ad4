import { createHash } from 'node:crypto';
import { callArguments } from '../../../../kits/dialect-kit/call-arguments.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { blocksOf } from './parts.ts';
import { cannotSay } from './refuse.ts';
import { thinkingBlocks } from './thinking.ts';

/** The reasoning, text and tool calls of a message, in this order. */
export function assistantBlocks(message: Json, at: string, members: Members): Json[] {
  const { content, refusal, tool_calls: calls, function_call: called, audio } = message;
  if (isObject(called)) cannotSay(`${at}.function_call`, called);
  if (isObject(audio)) cannotSay(`${at}.audio`, audio);
  const thought = thinkingBlocks(message.reasoning_details, members);
  // The API takes back only reasoning with its signature.
  if (thought.length === 0 && stringOf(message.reasoning_content) !== '')
    members.dropped('messages.reasoning_content');
  const texts = blocksOf(content || refusal, `${at}.content`);
  const uses = objectsOf(calls).map((call, nth) => toolUse(call, `${at}.tool_calls[${nth}]`));
  // The API takes no text that is white space alone.
  return [...thought, ...(uses.length > 0 ? texts.filter((block) => !isBlank(block)) : texts), ...uses];
}

const isBlank = ({ type, text }: Json): boolean => type === 'text' && stringOf(text).trim() === '';

function toolUse({ id, type = 'function', function: called }: Json, at: string): Json {
  if (type !== 'function' || !isObject(called)) return cannotSay(`${at}.type`, type);
  return { type: 'tool_use', id: toolUseId(id), name: called.name, input: callArguments(called.arguments) };
}

/**
 * Anthropic's API takes letters, digits, `_` and `-` in an id. Ids of other servers are mapped: equal ids stay equal,
 * different ones different.
 */
export function toolUseId(id: unknown): string {
  const own = stringOf(id);
  const taken = own.replace(/[^a-zA-Z0-9_-]/g, '_');
  return taken === own ? own : `${taken}_${createHash('sha256').update(own).digest('hex').slice(0, 8)}`;
}

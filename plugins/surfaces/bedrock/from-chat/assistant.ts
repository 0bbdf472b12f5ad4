import { callArguments } from '../../../../kits/dialect-kit/call-arguments.ts';
import { CLAUDE_SIGNATURE } from '../../../../kits/dialect-kit/claude-thought.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import type { Blocks } from './blocks.ts';
import { cannotSay } from './refuse.ts';
import { toolUseId } from './tool-use-id.ts';

/** The reasoning, text and tool calls of a message, in this order. */
export function assistantBlocks(message: Json, at: string, blocks: Blocks, members: Members): Json[] {
  const { content, refusal, tool_calls: calls, function_call: called, audio } = message;
  if (isObject(called)) cannotSay(`${at}.function_call`, called);
  if (isObject(audio)) cannotSay(`${at}.audio`, audio);
  const thought = objectsOf(message.reasoning_details).flatMap((detail) => thoughtOf(detail, members));
  // The API takes back only reasoning with its signature.
  if (thought.length === 0 && stringOf(message.reasoning_content) !== '')
    members.dropped('messages.reasoning_content');
  return [
    ...thought,
    ...blocks.of(content || refusal, `${at}.content`),
    ...objectsOf(calls).map((call, nth) => toolUse(call, `${at}.tool_calls[${nth}]`)),
  ];
}

function thoughtOf(
  { type, text, data, signature, format = CLAUDE_SIGNATURE }: Json,
  members: Members,
): Json[] {
  if (format !== CLAUDE_SIGNATURE) {
    members.dropped('messages.reasoning_details');
    return [];
  }
  if (type === 'reasoning.encrypted') return [{ reasoningContent: { redactedContent: data } }];
  if (stringOf(signature) === '') return [];
  return [{ reasoningContent: { reasoningText: { text: stringOf(text), signature } } }];
}

function toolUse({ id, type = 'function', function: called }: Json, at: string): Json {
  if (type !== 'function' || !isObject(called)) return cannotSay(`${at}.type`, type);
  const input = callArguments(called.arguments);
  return { toolUse: { toolUseId: toolUseId(id), name: called.name, input } };
}

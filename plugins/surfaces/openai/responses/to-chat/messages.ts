import { isObject, objectsOf, stringOf, type Json } from '../../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../../kits/dialect-kit/members.ts';
import { isNewModel } from '../../../../../kits/dialect-kit/output-limit.ts';
import { Conversation } from './conversation.ts';
import { isText, partsOf, textOf } from './parts.ts';
import { cannotSay } from './refuse.ts';
import { callOf, outputOf, reasoningOf } from './turn.ts';

/** The items as chat's messages: the instructions first, and what the model did in one turn as one message. */
export function chatMessages(members: Members, model: unknown): Json[] {
  const instructions = members.take('instructions');
  const input = members.take('input');
  const developer = isNewModel(model) ? 'developer' : 'system';
  const conversation = new Conversation();
  if (instructions !== undefined) conversation.system('system', instructionsText(instructions, members));
  for (const [nth, item] of itemsOf(input).entries())
    addItem(conversation, item, `input[${nth}]`, developer, members);
  return conversation.messages();
}

function instructionsText(instructions: unknown, members: Members): string {
  if (typeof instructions === 'string') return instructions;
  if (!Array.isArray(instructions)) return cannotSay('instructions', instructions);
  return instructions
    .map((item: unknown, nth) => {
      const at = `instructions[${nth}]`;
      return isObject(item) ? systemText(item.content, `${at}.content`, members) : cannotSay(at, item);
    })
    .join('\n\n');
}

function itemsOf(input: unknown): unknown[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  if (!Array.isArray(input) || input.length === 0) return cannotSay('input', input);
  return input;
}

function addItem(
  conversation: Conversation,
  item: unknown,
  at: string,
  developer: string,
  members: Members,
): void {
  if (!isObject(item)) return cannotSay(at, item);
  switch (item.type ?? 'message') {
    case 'message':
      return addMessage(conversation, item, at, developer, members);
    case 'reasoning':
      return conversation.think(reasoningOf(item, members));
    case 'function_call':
    case 'custom_tool_call':
      return conversation.call(callOf(item, at));
    case 'function_call_output':
    case 'custom_tool_call_output':
      return conversation.result(outputOf(item, at, members));
    default:
      return cannotSay(`${at}.type`, item.type);
  }
}

function addMessage(
  conversation: Conversation,
  { role, content }: Json,
  at: string,
  developer: string,
  members: Members,
): void {
  const place = `${at}.content`;
  if (role === 'user') return conversation.user(partsOf(content, place, members));
  if (role === 'system' || role === 'developer')
    return conversation.system(role === 'system' ? role : developer, systemText(content, place, members));
  if (role !== 'assistant') return cannotSay(`${at}.role`, role);
  const parts = partsOf(content, place, members);
  const odd = parts.findIndex(({ type }) => type !== 'text' && type !== 'refusal');
  if (odd !== -1) return cannotSay(`${place}[${odd}].type`, parts[odd]?.type);
  conversation.speak(
    textOf(parts.filter(isText)),
    objectsOf(parts)
      .map(({ refusal }) => stringOf(refusal))
      .join(''),
  );
}

function systemText(content: unknown, at: string, members: Members): string {
  const parts = partsOf(content, at, members);
  const odd = parts.findIndex((part) => !isText(part));
  if (odd !== -1) return cannotSay(`${at}[${odd}].type`, parts[odd]?.type);
  return parts.map(({ text }) => stringOf(text)).join('\n\n');
}

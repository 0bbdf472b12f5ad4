import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';
import { refuse } from '../../../../kits/dialect-kit/refuse.ts';
import { rowOf } from '../../../../wire/row-of.ts';
import { asText } from '../../../../kits/dialect-kit/as-text.ts';

const SPEAKERS: Readonly<Record<string, string>> = {
  system: 'System',
  developer: 'System',
  user: 'User',
  assistant: 'Assistant',
};

/**
 * A conversation as text that a completion can continue: "System: …\nUser: …\nAssistant:".
 * @throws GatewayError when a message holds more than text, or is a tool's
 */
export function transcript(messages: unknown): string {
  if (!Array.isArray(messages) || messages.length === 0) cannotSay('messages', messages);
  const lines = (messages as unknown[]).map((message, at) => line(message, `messages[${at}]`));
  return [...lines, 'Assistant:'].join('\n');
}

function line(message: unknown, at: string): string {
  if (!isObject(message)) return cannotSay(at, message);
  const speaker = rowOf(SPEAKERS, asText(message.role));
  if (speaker === undefined) return cannotSay(`${at}.role`, message.role);
  for (const member of ['tool_calls', 'function_call', 'audio']) {
    const value = message[member];
    if (value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0))
      cannotSay(`${at}.${member}`, value);
  }
  return `${speaker}: ${contentText(message.content ?? message.refusal ?? '', `${at}.content`)}`;
}

function contentText(content: unknown, at: string): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return cannotSay(at, content);
  return content.map((part, index) => partText(part, `${at}[${index}]`)).join('');
}

function partText(part: unknown, at: string): string {
  const text = isObject(part) ? textIn(part) : part;
  return typeof text === 'string' ? text : cannotSay(at, part);
}

const textIn = ({ type, text, refusal }: Json): unknown =>
  type === 'refusal' ? refusal : type === 'text' ? text : undefined;

const cannotSay = (member: string, value: unknown): never =>
  refuse(member, value, '/completions', '/chat/completions');

import type { Call } from '../../../../core/contracts/index.ts';
import { members } from '../../../../wire/body/json-members.ts';
import { isObject, parseExact, type Json } from '../../../../kits/dialect-kit/json.ts';

const MESSAGES = ['messages'];

/**
 * The messages of a request with each list of text parts joined to one string, for a provider that takes no lists. A
 * list with other parts stays, and the provider answers for itself.
 */
export function flatContent({ raw, format }: Call): { messages?: unknown[] } {
  if (format !== 'json') return {};
  const span = members(raw, MESSAGES)?.spans.get('messages');
  const messages = span && parseExact(raw.toString('utf8', span.start, span.end));
  if (!Array.isArray(messages) || !messages.some(hasTexts)) return {};
  return { messages: messages.map((message) => (hasTexts(message) ? flat(message) : message)) };
}

interface WithTexts extends Json {
  content: { text: string }[];
}

const hasTexts = (message: unknown): message is WithTexts =>
  isObject(message) &&
  Array.isArray(message.content) &&
  message.content.every((part) => isObject(part) && part.type === 'text' && typeof part.text === 'string');

const flat = (message: WithTexts): Json => ({
  ...message,
  content: message.content.map(({ text }) => text).join('\n'),
});

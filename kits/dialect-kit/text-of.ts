import { carries } from './carries.ts';
import { isObject, objectsOf, stringOf, type Json } from './json.ts';

const REASONING = new Set<unknown>(['thinking', 'reasoning']);

/** A list of content parts, by kind. */
export interface Parts {
  readonly text: string;
  readonly reasoning: string;
  /** parts that are neither */
  readonly others: readonly unknown[];
}

/** The text of a choice, streamed or whole, in whichever member it is. */
export function textOf({ delta, message, text }: Json): string {
  return stringOf(text) || contentText(delta) || contentText(message);
}

/** The delta of a streamed choice, or what a vendor sends instead: a message, a bare string. */
export function deltaOf({ delta, message, text }: Json): Json {
  if (isObject(delta) && (carries(delta) || !carries(message))) return delta;
  if (isObject(message)) return message;
  return typeof text === 'string' ? { content: text } : {};
}

/** Some vendors send content as a list of parts, reasoning among them, where OpenAI's clients expect a string. */
export function partsOf(content: unknown): Parts {
  if (!Array.isArray(content)) return { text: stringOf(content), reasoning: '', others: [] };
  let [text, reasoning] = ['', ''];
  const others: unknown[] = [];
  for (const part of content) {
    if (typeof part === 'string') text += part;
    else if (isObject(part) && REASONING.has(part.type)) reasoning += reasoningOf(part);
    else if (isObject(part) && typeof part.text === 'string') text += part.text;
    else others.push(part);
  }
  return { text, reasoning, others };
}

const contentText = (message: unknown): string => (isObject(message) ? partsOf(message.content).text : '');

const reasoningOf = ({ thinking, text }: Json): string =>
  stringOf(thinking) ||
  stringOf(text) ||
  objectsOf(thinking)
    .map((part) => stringOf(part.text))
    .join('');

import { isObject, parseExact, stringOf, type Json } from './json.ts';

/**
 * The arguments of a call in a conversation, as the object that other APIs hold them as. What a model wrote wrong, or was
 * cut in, stays in the conversation: it is shown to the model as Anthropic documents it.
 */
export function callArguments(said: unknown): Json {
  if (isObject(said)) return said;
  const text = stringOf(said).trim();
  const value = text === '' ? null : parseExact(text);
  if (isObject(value)) return value;
  return value === null ? {} : { INVALID_JSON: text };
}

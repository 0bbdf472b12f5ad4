import { isObject, parseExact, stringOf, type Json } from './json.ts';

/**
 * The arguments of a call in a conversation, as the object that other APIs hold them as. Invalid or cut arguments stay in
 * the conversation, in the form that Anthropic documents.
 */
export function callArguments(said: unknown): Json {
  if (isObject(said)) return said;
  const text = stringOf(said).trim();
  const value = text === '' ? null : parseExact(text);
  if (isObject(value)) return value;
  return value === null ? {} : { INVALID_JSON: text };
}

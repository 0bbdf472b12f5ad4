import { isObject, stringOf, type Json } from '../json.ts';
import { anyIn } from './below.ts';
import { NOT_STRICT } from './limits.ts';

/** OpenAI's own models. Other servers of its API take any schema as a strict one. */
const CHECKED = /(?:^|\/)(?:gpt-(?!oss)|chatgpt-|codex-|o\d)/;

/** Whether a model's server takes a schema as a strict one. */
export const mayBeStrict = (schema: unknown, model: unknown): boolean =>
  !CHECKED.test(stringOf(model)) || isStrict(schema);

/** Whether OpenAI takes a schema as a strict one: else it refuses the request. */
const isStrict = (schema: unknown): boolean =>
  isObject(schema) && schema.type === 'object' && schema.anyOf === undefined && !anyIn(schema, isLoose);

function isLoose(schema: Json): boolean {
  if (Object.keys(schema).some((keyword) => NOT_STRICT.has(keyword))) return true;
  const { type, properties, required, additionalProperties } = schema;
  const isOfObjects =
    type === 'object' || (Array.isArray(type) && type.includes('object')) || isObject(properties);
  if (!isOfObjects) return false;
  const names = new Set(Array.isArray(required) ? required : []);
  return (
    additionalProperties !== false ||
    Object.keys(isObject(properties) ? properties : {}).some((name) => !names.has(name))
  );
}

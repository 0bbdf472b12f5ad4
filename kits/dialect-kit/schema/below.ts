import { isObject, type Json } from '../json.ts';
import { NAMED_SCHEMAS, SCHEMA, SCHEMAS } from './limits.ts';

/** The value of a keyword, with what is made of each schema in it. */
export function mapBelow(keyword: string, value: unknown, make: (schema: Json) => Json): unknown {
  const one = (schema: unknown): unknown => (isObject(schema) ? make(schema) : schema);
  if (SCHEMA.has(keyword)) return one(value);
  if (SCHEMAS.has(keyword) && Array.isArray(value)) return value.map(one);
  if (NAMED_SCHEMAS.has(keyword) && isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, one(schema)]));
  return value;
}

/** Whether a schema, or one in it, is of a kind. */
export function anyIn(schema: Json, is: (schema: Json) => boolean): boolean {
  if (is(schema)) return true;
  let found = false;
  for (const [keyword, value] of Object.entries(schema))
    mapBelow(keyword, value, (one) => {
      found ||= anyIn(one, is);
      return one;
    });
  return found;
}

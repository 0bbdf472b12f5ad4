import { isObject, objectsOf, type Json } from '../json.ts';

/** What the schemas of `allOf` say together, in one, where an API has no such word. */
export function withoutAllOf({ allOf, ...schema }: Json): Json {
  let whole = schema;
  for (const part of objectsOf(allOf)) {
    const { properties, required, ...others } = withoutAllOf(part);
    whole = {
      ...others,
      ...whole,
      ...(isObject(properties) && {
        properties: { ...properties, ...(isObject(whole.properties) ? whole.properties : {}) },
      }),
      ...(Array.isArray(required) && {
        required: [...new Set([...required, ...(Array.isArray(whole.required) ? whole.required : [])])],
      }),
    };
  }
  return whole;
}

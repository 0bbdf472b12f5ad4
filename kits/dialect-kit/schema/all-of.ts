import { isObject, objectsOf, type Json } from '../json.ts';

/** The schemas of `allOf` merged into one, for APIs without `allOf`. Keywords beside it take precedence. */
export function withoutAllOf(schema: Json): Json {
  if (schema.allOf === undefined) return schema;
  const { allOf, ...own } = schema;
  const whole: Json = {};
  const required = new Set<unknown>();
  let properties: Json | undefined;
  // The first schema with a keyword counts, so it is merged last.
  for (const part of [own, ...objectsOf(allOf).map(withoutAllOf)].reverse()) {
    const { properties: named, required: needed, ...others } = part;
    Object.assign(whole, others);
    if (isObject(named)) properties = Object.assign(properties ?? {}, named);
    if (Array.isArray(needed)) for (const name of needed) required.add(name);
  }
  return {
    ...whole,
    ...(properties && { properties }),
    ...(required.size > 0 && { required: [...required] }),
  };
}

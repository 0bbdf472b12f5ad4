import { isObject, objectsOf, type Json } from '../json.ts';
import { withoutAllOf } from './all-of.ts';

const CHOICES = ['anyOf', 'oneOf'];

/**
 * A tool's parameters without a choice on top, which Claude's API refuses: the properties of all that may be chosen, of
 * which those are required that are so in each.
 */
export function withFlatTop(schema: Json, left: (keyword: string) => void): Json {
  let whole = withoutAllOf(schema);
  for (const keyword of CHOICES) {
    if (whole[keyword] === undefined) continue;
    left(keyword);
    whole = withChoice(whole, keyword);
  }
  return whole;
}

function withChoice(schema: Json, keyword: string): Json {
  const { [keyword]: choice, ...whole } = schema;
  const choices = objectsOf(choice).map(withoutAllOf);
  const properties: Json = {};
  for (const { properties: named } of [...choices, whole]) Object.assign(properties, named);
  const needed = choices.map(({ required }) => new Set(Array.isArray(required) ? required : []));
  const always = [...(needed[0] ?? [])].filter((name) => needed.every((names) => names.has(name)));
  const required = [...new Set([...(Array.isArray(whole.required) ? whole.required : []), ...always])];
  return {
    ...whole,
    ...(isObject(whole.properties) || Object.keys(properties).length > 0 ? { properties } : {}),
    ...(required.length > 0 && { required }),
  };
}

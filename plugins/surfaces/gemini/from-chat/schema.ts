import { isObject, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { withoutAllOf } from '../../../../kits/dialect-kit/schema/all-of.ts';
import { LISTS_OF_SCHEMAS, MAPS_OF_SCHEMAS, SCHEMAS, SUPPORTED } from './schema-keywords.ts';

/**
 * A JSON Schema with the keywords alone that `parametersJsonSchema` and `responseJsonSchema` take: the API refuses all
 * of a request for one other.
 * @param at where it stands in the request, for the list of what was left out
 */
export function jsonSchema(schema: Json, at: string, members: Members): Json {
  const kept: Json = {};
  const { $ref: reference, ...rest } = withoutAllOf(schema);
  if (reference !== undefined) kept.$ref = stringOf(reference).replace('#/definitions/', '#/$defs/');
  for (const [keyword, value] of Object.entries(rest)) {
    const own = keyword === 'definitions' ? '$defs' : keyword;
    if (keyword === 'const') kept.enum = [value];
    else if (!SUPPORTED.has(own)) members.dropped(`${at}.${keyword}`);
    // A reference stands alone.
    else if (reference === undefined || own.startsWith('$')) kept[own] = inner(own, value, at, members);
    else if (keyword !== 'description' && keyword !== 'title') members.dropped(`${at}.${keyword}`);
  }
  return kept;
}

function inner(keyword: string, value: unknown, at: string, members: Members): unknown {
  const below = (one: unknown): unknown => (isObject(one) ? jsonSchema(one, at, members) : one);
  if (SCHEMAS.has(keyword)) return below(value);
  if (LISTS_OF_SCHEMAS.has(keyword) && Array.isArray(value)) return value.map(below);
  if (MAPS_OF_SCHEMAS.has(keyword) && isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, below(one)]));
  return value;
}

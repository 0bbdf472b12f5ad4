import { isObject, stringOf, type Json } from '../json.ts';
import { withoutAllOf } from './all-of.ts';
import { anyIn, mapBelow } from './below.ts';
import { COMMON, type SchemaLimits } from './limits.ts';

/** Keywords about how a schema is read, not about what it describes. */
const SILENT = new Set(['$schema', '$id', '$anchor', '$comment']);

/**
 * A schema as a vendor takes it. Keywords that it does not take move into the description, for the model.
 * @param left takes the keywords that the vendor does not enforce
 */
export function fitted(schema: Json, limits: SchemaLimits, left: (keyword: string) => void): Json {
  const { oneOf, ...rest } = withoutAllOf(schema);
  const given = oneOf === undefined || rest.anyOf !== undefined ? rest : { ...rest, anyOf: oneOf };
  const kept: Json = {};
  const said: string[] = [];
  for (const [keyword, value] of Object.entries(given)) {
    if (isSilent(keyword, given) || isImplied(keyword, value, limits)) continue;
    if (isTaken(keyword, value, limits))
      kept[keyword] = mapBelow(keyword, value, (one) => fitted(one, limits, left));
    else {
      left(keyword);
      said.push(`${keyword}: ${JSON.stringify(value)}`);
    }
  }
  if (said.length > 0 && kept.$ref === undefined)
    kept.description = [stringOf(kept.description), `{${said.join(', ')}}`].filter(Boolean).join('\n\n');
  if (limits.isClosed && isOfObjects(kept)) {
    kept.properties ??= {};
    kept.additionalProperties = false;
  }
  return kept;
}

/** A reference stands alone. */
const isSilent = (keyword: string, { $ref }: Json): boolean =>
  SILENT.has(keyword) || ($ref !== undefined && (keyword === 'description' || keyword === 'title'));

/** Whether it describes objects of any form, which would be empty ones for a vendor that closes all objects. */
export const hasFreeObjects = (schema: Json): boolean => anyIn(withoutAllOf(schema), isFree);

function isFree({ properties, additionalProperties: others, anyOf, oneOf, $ref, ...rest }: Json): boolean {
  if (!isOfObjects(rest) || anyOf !== undefined || oneOf !== undefined || $ref !== undefined) return false;
  if (others === false) return false;
  const isNamed = isObject(properties) && (Object.keys(properties).length > 0 || others === undefined);
  return !isNamed;
}

const isOfObjects = ({ type, properties }: Json): boolean =>
  type === 'object' || (Array.isArray(type) && type.includes('object')) || isObject(properties);

/** It is set for all objects. */
const isImplied = (keyword: string, value: unknown, { isClosed }: SchemaLimits): boolean =>
  isClosed && keyword === 'additionalProperties' && value === false;

function isTaken(
  keyword: string,
  value: unknown,
  { takes, formats, minItems, pattern }: SchemaLimits,
): boolean {
  if (keyword === 'enum' || keyword === 'const')
    return [value].flat().every((one) => typeof one !== 'object' || one === null);
  if (keyword === 'format') return formats.has(stringOf(value));
  if (keyword === 'minItems') return typeof value === 'number' && value <= minItems && minItems > 0;
  if (keyword === 'pattern') return pattern?.(stringOf(value)) === true;
  return COMMON.has(keyword) || takes.has(keyword);
}

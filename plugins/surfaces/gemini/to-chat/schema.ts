import { isObject, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { camelled } from '../camel.ts';
import { asNumber } from '../../../../kits/dialect-kit/as-text.ts';

/** Keywords of Google's own schemas that are none of JSON Schema. */
const DROPPED = new Set(['propertyOrdering', 'example', 'nullable']);
/** Numbers that may be written as texts, as protobuf's JSON has them. */
const COUNTS = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties']);

/** A schema as `parameters` and `responseSchema` have it, in OpenAPI's words, as JSON Schema. */
export function jsonSchema(given: Json): Json {
  const schema = camelled(given);
  const whole: Json = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (DROPPED.has(keyword) || value === null) continue;
    if (keyword === 'type') whole.type = typeOf(value, schema.nullable);
    else if (keyword === 'format' && value === 'enum') continue;
    else if (COUNTS.has(keyword)) whole[keyword] = asNumber(value);
    else if (keyword === 'properties' && isObject(value)) whole.properties = each(value);
    else if (keyword === 'defs' && isObject(value)) whole.$defs = each(value);
    else if (keyword === 'ref') whole.$ref = value;
    else whole[keyword] = below(value);
  }
  return whole;
}

const each = (schemas: Json): Json =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, below(schema)]));

function below(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => (isObject(one) ? jsonSchema(one) : one));
  return isObject(value) ? jsonSchema(value) : value;
}

function typeOf(type: unknown, nullable: unknown): unknown {
  if (Array.isArray(type)) return type.map((one) => stringOf(one).toLowerCase());
  const own = stringOf(type).toLowerCase();
  return nullable === true ? [own, 'null'] : own;
}

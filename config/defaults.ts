import type { Schema } from '../core/contracts/index.ts';

/** Keywords by which a value may need more than its defaults. */
const DEMANDING = [
  '$ref',
  'anyOf',
  'oneOf',
  'allOf',
  'if',
  'not',
  'dependentRequired',
  'minProperties',
] as const;

/**
 * The value of an empty map, where the schema alone tells it: most plugins are mentioned by no config, and compiling a
 * check of each schema for nothing but its defaults would be most of a start.
 * @returns undefined where a check is needed
 */
export function defaultsIn({ properties = {}, required = [], ...schema }: Schema): object | undefined {
  if (schema.type !== 'object' || DEMANDING.some((word) => word in schema)) return undefined;
  const value: Record<string, unknown> = {};
  for (const [name, of] of Object.entries(properties)) {
    if (of.default === undefined) {
      if (required.includes(name)) return undefined;
      continue;
    }
    const filled = filledBy(of);
    if (filled === undefined) return undefined;
    value[name] = filled;
  }
  return value;
}

/**
 * Fills in the defaults of what a value leaves out.
 * @returns the schema of the rest: most of a config is in no file, and compiling a check of all of it takes longer than the check
 */
export function fillIn(value: unknown, schema: Schema): Schema {
  if (!schema.properties || !isMap(value) || DEMANDING.some((word) => word in schema)) return schema;
  const properties = Object.entries(schema.properties).map(([name, of]) => {
    if (value[name] !== undefined) return [name, fillIn(value[name], of)] as const;
    if (of.default === undefined) return [name, {}] as const;
    const filled = filledBy(of);
    if (filled === undefined) return [name, of] as const;
    value[name] = filled;
    return [name, {}] as const;
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A default that is an empty map has defaults of its own. */
function filledBy(of: Schema): unknown {
  const value: unknown = structuredClone(of.default);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.keys(value).length === 0 ? (isOpen(of) ? value : defaultsIn(of)) : undefined;
}

const isOpen = (of: Schema): boolean =>
  of.type === 'object' && of.properties === undefined && !DEMANDING.some((word) => word in of);

import type { Schema } from '../../core/contracts/index.ts';

const MAPS = ['properties', 'patternProperties', 'definitions'] as const;
const LISTS = ['allOf', 'anyOf', 'oneOf'] as const;
const SINGLES = ['additionalProperties', 'items', 'if', 'then', 'else', 'not'] as const;
const COMPOSING: readonly string[] = [...LISTS, 'if', 'then', 'else', 'not'];

/** Rewrites a schema from its leaves up. `composed`: it is one of several that apply to the same value. */
export function mapSchema(
  schema: Schema,
  change: (node: Schema, composed: boolean) => Schema,
  composed = false,
): Schema {
  const node: Record<string, unknown> = { ...schema };
  const inner = (child: unknown, keyword: string): unknown =>
    typeof child === 'object' && child !== null
      ? mapSchema(child as Schema, change, COMPOSING.includes(keyword))
      : child;
  for (const keyword of MAPS) {
    const members = schema[keyword];
    if (members)
      node[keyword] = Object.fromEntries(
        Object.entries(members).map(([key, child]) => [key, inner(child, keyword)]),
      );
  }
  for (const keyword of LISTS)
    if (schema[keyword]) node[keyword] = schema[keyword].map((child) => inner(child, keyword));
  for (const keyword of SINGLES)
    if (schema[keyword] !== undefined) node[keyword] = inner(schema[keyword], keyword);
  return change(node as Schema, composed);
}

/** Every schema that applies to the same value: references followed, compositions flattened. */
export function views(schema: Schema | undefined, root: Schema): Schema[] {
  if (!schema) return [];
  if (schema.$ref !== undefined) return views(definition(schema.$ref, root), root);
  const { allOf = [], anyOf = [], oneOf = [] } = schema;
  const further = [...allOf, ...anyOf, ...oneOf, schema.then, schema.else];
  return [schema, ...further.flatMap((other) => views(other, root))];
}

/** The schemas of one member of a map or list. */
export function member(of: readonly Schema[], key: string | number, root: Schema): Schema[] {
  return of.flatMap((view) => {
    if (typeof key === 'number') return views(view.items, root);
    if (view.properties && Object.hasOwn(view.properties, key)) return views(view.properties[key], root);
    const matching = Object.entries(view.patternProperties ?? {}).filter(([pattern]) =>
      new RegExp(pattern, 'u').test(key),
    );
    if (matching.length > 0) return matching.flatMap(([, child]) => views(child, root));
    return typeof view.additionalProperties === 'object' ? views(view.additionalProperties, root) : [];
  });
}

export function refTo(name: string): Schema {
  return { $ref: `#/definitions/${encodeURIComponent(name)}` };
}

function definition(ref: string, root: Schema): Schema | undefined {
  return root.definitions?.[decodeURIComponent(ref.replace('#/definitions/', ''))];
}

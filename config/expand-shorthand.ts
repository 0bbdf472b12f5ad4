import type { Schema } from '../core/contracts/index.ts';
import { fromHome } from './plugins/plugin-file.ts';
import { mapSchema } from './schema/json-schema.ts';
import { units } from './schema/units.ts';

/**
 * A schema as the check uses it: values with a unit are numbers, their defaults too; paths in defaults are absolute; a
 * map takes only the members that it names.
 */
export function prepare(schema: Schema, folder: string): Schema {
  return mapSchema(schema, (node, composed) => closed(withDefault(asNumber(node), folder), composed));
}

/** A map that names its members and does not allow others takes no others. */
export function closed(node: Schema, composed: boolean): Schema {
  const open = composed || !node.properties || node.additionalProperties !== undefined;
  return open ? node : { ...node, additionalProperties: false };
}

function asNumber(node: Schema): Schema {
  const bounds = units[node.format ?? '']?.bounds;
  if (!bounds) return node;
  const { exclusiveMinimum, ...others } = bounds;
  return {
    ...(node.minimum === undefined ? { exclusiveMinimum } : {}),
    ...others,
    ...node,
    type: bounds.type,
  };
}

function withDefault(node: Schema, folder: string): Schema {
  if (typeof node.default !== 'string') return node;
  if (node.format === 'path') return { ...node, default: fromHome(node.default, folder) };
  const unit = units[node.format ?? ''];
  return unit ? { ...node, default: unit.parse(node.default) } : node;
}

import type { Schema } from '../../core/contracts/index.ts';
import { allowed } from './describe-allowed.ts';
import type { Path } from '../path.ts';
import { fromHome } from '../plugins/plugin-file.ts';
import { member, views } from './json-schema.ts';
import { units } from './units.ts';

interface Conversion {
  readonly schema: Schema;
  /** the config's folder: paths are relative to it */
  readonly folder: string;
  /** paths, as JSON, of texts that held a variable */
  readonly filled: ReadonlySet<string>;
  readonly wrong: (path: Path, allowed: string) => void;
}

/** A copy in which texts have the types of the schema: durations and sizes are numbers, paths are absolute. */
export function convert(value: unknown, { schema, folder, filled, wrong }: Conversion): unknown {
  const copy = (at: unknown, path: Path, of: readonly Schema[]): unknown => {
    if (at === null) return emptied(of);
    if (typeof at === 'string') return read(at, path, of);
    if (Array.isArray(at))
      return at.map((entry, index) => copy(entry, [...path, index], member(of, index, schema)));
    if (typeof at !== 'object') return at;
    const members = Object.entries(at).map(([key, child]) => [
      key,
      copy(child, [...path, key], member(of, key, schema)),
    ]);
    return Object.fromEntries(members);
  };

  const read = (text: string, path: Path, of: readonly Schema[]): unknown => {
    for (const one of of) {
      const { format = '' } = one;
      if (format === 'path' && text !== '') return fromHome(text, folder);
      const unit = units[format];
      if (!unit) continue;
      const number = unit.parse(text);
      // where other forms are allowed too, the check decides
      if (number === undefined && of.length === 1) wrong(path, allowed(one));
      return number ?? text;
    }
    return filled.has(JSON.stringify(path)) ? scalar(text, of) : text;
  };

  return copy(value, [], views(schema, schema));
}

/** A section with only comments is an empty map. */
function emptied(of: readonly Schema[]): unknown {
  if (allows(of, 'null')) return null;
  if (allows(of, 'object')) return {};
  return allows(of, 'array') ? [] : null;
}

/** A variable is always a text: `port: $PORT` means the number. */
function scalar(text: string, of: readonly Schema[]): unknown {
  if (allows(of, 'string')) return text;
  const numeric = allows(of, 'number') || allows(of, 'integer');
  if (numeric && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (allows(of, 'boolean') && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function allows(of: readonly Schema[], type: string): boolean {
  return of.some((view) => view.type === type || (Array.isArray(view.type) && view.type.includes(type)));
}

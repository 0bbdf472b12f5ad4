import type { Schema } from '../core/contracts/index.ts';
import type { Path } from './path.ts';
import { member, views } from './schema/json-schema.ts';
import { isTelling, withoutCredentials } from '../wire/credentials.ts';

const MASK = '***';
/**
 * A copy of a config for showing: a value with `format: 'secret'` or a secret's name reads '***', and so do the
 * credentials in URLs.
 */
export function redact<T>(config: T, schema: Schema): T {
  return redactAt(config, [], schema);
}

/** The same for the value at one path of a config. */
export function redactAt<T>(value: T, path: Path, schema: Schema): T {
  const copy = (at: unknown, of: readonly Schema[], named: boolean): unknown => {
    const secret = named || of.some(({ format }) => format === 'secret');
    if (typeof at === 'string') return secret && at !== '' ? MASK : withoutCredentials(at);
    if (Array.isArray(at)) return at.map((entry, index) => copy(entry, member(of, index, schema), secret));
    if (typeof at !== 'object' || at === null) return at;
    const members = Object.entries(at).map(([key, child]) => [
      key,
      copy(child, member(of, key, schema), secret || isTelling(key)),
    ]);
    return Object.fromEntries(members);
  };
  let of = views(schema, schema);
  for (const step of path) of = member(of, step, schema);
  return copy(value, of, isSecret(path, schema)) as T;
}

/** Whether a value may not be shown, not even in the message about it. */
export function isSecret(path: Path, schema: Schema): boolean {
  let of = views(schema, schema);
  for (const step of path) {
    of = member(of, step, schema);
    if (isTelling(String(step)) || of.some(({ format }) => format === 'secret')) return true;
  }
  return false;
}

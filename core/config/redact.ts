import type { Path } from './path.ts';
import { member, views } from './schema.ts';
import type { Schema } from './schema.ts';

const MASK = '***';
/** Belt and braces: what a plugin forgot to mark, and what the config takes without a schema (headers, env). */
const SECRET_NAME = /key|token|secret|password|authorization|cookie/i;

/** A copy of a config for showing: what is marked `format: 'secret'` or has a telling name reads '***', and so do the credentials in URLs. */
export function redact<T>(config: T, schema: Schema): T {
  const copy = (at: unknown, of: readonly Schema[], named: boolean): unknown => {
    const secret = named || of.some(({ format }) => format === 'secret');
    if (typeof at === 'string') return secret && at !== '' ? MASK : withoutCredentials(at);
    if (Array.isArray(at)) return at.map((entry, index) => copy(entry, member(of, index, schema), secret));
    if (typeof at !== 'object' || at === null) return at;
    const members = Object.entries(at).map(([key, child]) => [
      key,
      copy(child, member(of, key, schema), secret || SECRET_NAME.test(key)),
    ]);
    return Object.fromEntries(members);
  };
  return copy(config, views(schema, schema), false) as T;
}

/** Whether a value may not be shown, not even in the message about it. */
export function isSecret(path: Path, schema: Schema): boolean {
  let of = views(schema, schema);
  for (const step of path) {
    of = member(of, step, schema);
    if (SECRET_NAME.test(String(step)) || of.some(({ format }) => format === 'secret')) return true;
  }
  return false;
}

/** `https://me:pass@host/?key=…` without what lets one in. */
export function withoutCredentials(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^/?#\s]*@/gi, `$1${MASK}@`)
    .replace(/([?&][^=&#\s]*(?:key|token|secret|password)[^=&#\s]*=)[^&#\s]+/gi, `$1${MASK}`);
}

import type { Schema } from '../core/contracts/index.ts';
import type { Path } from './path.ts';
import { valueAt } from './path.ts';
import { isSecret } from './redact.ts';
import { withoutCredentials } from '../wire/credentials.ts';

/** most characters of a text that is shown */
const LONGEST = 1_000;

/**
 * A value as a message shows it: short, never a secret, and not a text in the place of a map or a list, which may be a
 * misplaced key.
 */
export function display(written: unknown, path: Path, schema: Schema, wanted?: Schema['type']): string {
  const value = valueAt(written, path);
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  if (isSecret(path, schema)) return '***';
  if (typeof value !== 'string') return String(value);
  if (wanted === 'object' || wanted === 'array') return 'a text';
  // A truncated URL could show half of a password.
  if (value.length > LONGEST) return `a text of ${value.length} characters`;
  const text = withoutCredentials(value);
  return `'${text.length > 60 ? `${text.slice(0, 60)}…` : text}'`;
}

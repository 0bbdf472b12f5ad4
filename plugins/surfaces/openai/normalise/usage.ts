import type { Quirks } from '../../../../core/contracts/index.ts';
import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';

const COUNTS = ['prompt_tokens', 'completion_tokens', 'total_tokens'];

/** The usage of an answer, without counts of what it did not have. */
export function counted(usage: unknown, quirks: Quirks): Json | undefined {
  if (quirks.usage === 'invented' || !isObject(usage)) return undefined;
  const counts = COUNTS.map((name) => usage[name]);
  return counts.every(Number.isInteger) && counts.some(Boolean) ? usage : undefined;
}

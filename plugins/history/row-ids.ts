import { hash } from 'node:crypto';
import { idsIn } from './pack-traces.ts';

/**
 * The digest of an id for the index: upstreams choose ids of any length. It is text, because JavaScript has no number of 64
 * bits.
 */
export const digestOf = (id: string): string => hash('sha256', id, 'buffer').readBigInt64BE().toString();

/** Of all ids in a row: ours, and upstreams' own. A row that cannot be read has none. */
export function digestsIn(data: string): string[] {
  try {
    return [...new Set(idsIn(data))].map(digestOf);
  } catch {
    return [];
  }
}

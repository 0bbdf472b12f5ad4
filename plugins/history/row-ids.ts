import { hash } from 'node:crypto';
import { idsIn } from './pack-traces.ts';

/**
 * What an index of ids holds, for it has to take an id of any length: upstreams choose theirs. Text, as a whole number of
 * 64 bits is none in JavaScript.
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

import { stringOf } from '../../../../kits/dialect-kit/json.ts';

/** characters */
const LONGEST = 64;

/**
 * The API takes letters, digits, `_` and `-` in an id, 64 of them; ids of other servers are mapped, equal ones to equal
 * ones.
 */
export function toolUseId(id: unknown): string {
  const plain = stringOf(id).replace(/[^a-zA-Z0-9_-]/g, '_');
  return plain.length <= LONGEST ? plain : plain.slice(0, LONGEST / 2) + plain.slice(-LONGEST / 2);
}

import { table } from '../table.ts';
import type { Candidate } from './populating.ts';

/** Notes to read before programs are installed, as a table for people; '': there are none. */
export function notesOf(candidates: readonly Pick<Candidate, 'name' | 'notes'>[]): string {
  const rows = candidates.flatMap(({ name, notes: { licence, writes, risks } }) => [
    ...(licence === undefined ? [] : [[name, 'licence', licence]]),
    ...writes.map((one) => [name, 'writes', one]),
    ...risks.map((one) => [name, 'risk', one]),
  ]);
  const once = rows.map(([name, ...rest], at) => [rows[at - 1]?.[0] === name ? '' : name, ...rest]);
  return rows.length === 0 ? '' : table(['program', 'what', 'before the first installation'], once, true);
}

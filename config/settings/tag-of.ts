import { createHash } from 'node:crypto';

/** A strong tag of HTTP, the same for the same value, in whatever order its members were written. */
export const tagOf = (value: unknown): string =>
  `"${createHash('sha256').update(JSON.stringify(value, inOrder)).digest('base64url').slice(0, 22)}"`;

function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

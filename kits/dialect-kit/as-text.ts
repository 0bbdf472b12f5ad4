import { isRaw } from '../../wire/json.ts';

/** `String` of untrusted data, which throws for a raw number and for an object with a `toString` of its own. */
export const asText = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);

/** `Number` of it, for the same reason; NaN: it is none. */
export function asNumber(value: unknown): number {
  if (typeof value !== 'object' || value === null) return Number(value);
  return isRaw(value) ? Number(value.rawJSON) : NaN;
}

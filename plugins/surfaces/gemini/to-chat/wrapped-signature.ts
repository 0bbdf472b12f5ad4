import { isObject, objectsOf, parse, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';

/** The vendor's format comes first, by which a request is known to belong to that vendor, and then the details. */
const BEGINNING = /^[\w.-]{1,60}\n\[/;
/** characters of base64 that hold such a beginning */
const SHORT = 84;

/**
 * Signed thought of another vendor as one signature: clients of this API send a signature back where it was, but not
 * always the thought.
 */
export const wrapped = (details: readonly Json[]): string =>
  Buffer.from(`${stringOf(details[0]?.format) || 'unknown'}\n${JSON.stringify(details)}`).toString('base64');

/** The same back; undefined: it is Google's own. */
export function unwrapped(signature: string): Json[] | undefined {
  const beginning = BEGINNING.exec(Buffer.from(signature.slice(0, SHORT), 'base64').toString('latin1'));
  if (!beginning) return undefined;
  const text = Buffer.from(signature, 'base64').toString();
  const details = parse(text.slice(text.indexOf('\n') + 1));
  return Array.isArray(details) && details.every(isObject) ? objectsOf(details) : undefined;
}

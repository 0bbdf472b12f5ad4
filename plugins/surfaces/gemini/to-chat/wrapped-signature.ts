import { isObject, objectsOf, parse, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';

/** The vendor's format, by which a request is recognised as that vendor's, and then the details. */
const BEGINNING = /^[\w.-]{1,60}\n\[/;
/** characters of base64 that hold such a beginning */
const SHORT = 84;

/**
 * Signed reasoning of another vendor as one signature: clients of this API send signatures back, but not always the
 * reasoning.
 */
export const wrapped = (details: readonly Json[]): string =>
  Buffer.from(`${stringOf(details[0]?.format) || 'unknown'}\n${JSON.stringify(details)}`).toString('base64');

/** The inverse; undefined: it is a signature of Google. */
export function unwrapped(signature: string): Json[] | undefined {
  const beginning = BEGINNING.exec(Buffer.from(signature.slice(0, SHORT), 'base64').toString('latin1'));
  if (!beginning) return undefined;
  const text = Buffer.from(signature, 'base64').toString();
  const details = parse(text.slice(text.indexOf('\n') + 1));
  return Array.isArray(details) && details.every(isObject) ? objectsOf(details) : undefined;
}

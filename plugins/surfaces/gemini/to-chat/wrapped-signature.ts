import { isObject, objectsOf, parse, type Json } from '../../../../kits/dialect-kit/json.ts';

const MARK = 'switchyard:';
/** the same as base64, as far as it does not depend on what follows */
const BEGINNING = Buffer.from(MARK).toString('base64').slice(0, 12);

/**
 * Signed thought of another vendor as one signature: clients of this API send a signature back where it was, but not
 * always the thought.
 */
export const wrapped = (details: readonly Json[]): string =>
  Buffer.from(MARK + JSON.stringify(details)).toString('base64');

/** The same back; undefined: it is Google's own. */
export function unwrapped(signature: string): Json[] | undefined {
  if (!signature.startsWith(BEGINNING)) return undefined;
  const details = parse(Buffer.from(signature, 'base64').toString().slice(MARK.length));
  return Array.isArray(details) && details.every(isObject) ? objectsOf(details) : undefined;
}

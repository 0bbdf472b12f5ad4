import type { IncomingHttpHeaders } from 'node:http';

/** Nobody is left out for longer than this on an upstream's word alone. */
const LONGEST = 60 * 60 * 1000;

/**
 * How long an upstream asks to be left alone, in ms: `retry-after-ms`, or `Retry-After` as seconds or as a date
 * (RFC 9110 §10.2.3). Undefined when it does not say, or says nonsense.
 * @param date ms since 1970
 */
export function retryAfter(headers: IncomingHttpHeaders, date: number): number | undefined {
  const exact = first(headers['retry-after-ms']);
  if (exact !== '' && Number(exact) >= 0) return Math.min(Number(exact), LONGEST);
  const said = first(headers['retry-after']);
  if (said === '') return undefined;
  const seconds = Number(said);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(said) - date;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), LONGEST);
}

/** Of a header that came twice the first counts; '' for none. */
function first(header: string | string[] | undefined): string {
  return (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
}

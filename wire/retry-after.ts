import type { IncomingHttpHeaders } from 'node:http';
import { rateLimitReset } from './rate-limit-reset.ts';

/** A target is left out for no longer than this on an upstream's word alone. */
const LONGEST = 15 * 60 * 1000;
/** A wait longer than this is a mistake: it says nothing. */
const NONSENSE = 31 * 24 * 60 * 60 * 1000;

/**
 * How long an upstream asks to be left alone, in ms: `retry-after-ms`, or `Retry-After` as seconds or as a date
 * (RFC 9110 §10.2.3), else, where it says 'too many', when its limits are new. Undefined when it does not say, or says
 * nonsense.
 * @param date ms since 1970
 */
export function retryAfter(headers: IncomingHttpHeaders, date: number, status?: number): number | undefined {
  const exact = first(headers['retry-after-ms']);
  if (exact !== '' && Number(exact) >= 0) return within(Number(exact));
  const said = first(headers['retry-after']);
  if (said === '') return status === 429 ? within(rateLimitReset(headers, date)) : undefined;
  const seconds = Number(said);
  return within(Number.isFinite(seconds) ? seconds * 1000 : Date.parse(said) - date);
}

function within(wait: number | undefined): number | undefined {
  if (wait === undefined || Number.isNaN(wait) || wait > NONSENSE) return undefined;
  return Math.min(Math.max(wait, 0), LONGEST);
}

/** Of a header that came twice the first counts; '' for none. */
function first(header: string | string[] | undefined): string {
  return (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
}

import type { IncomingHttpHeaders } from 'node:http';

/** Nobody is left out for longer than this on an upstream's word alone. */
const LONGEST = 60 * 60 * 1000;

/**
 * How long an upstream asks to be left alone, in ms: `retry-after-ms`, or `Retry-After` as seconds or as a date
 * (RFC 9110 §10.2.3). Undefined when it does not say, or says nonsense.
 */
export function retryAfter(headers: IncomingHttpHeaders, now: number): number | undefined {
  const exact = Number(headers['retry-after-ms']);
  if (headers['retry-after-ms'] !== undefined && exact >= 0) return Math.min(exact, LONGEST);
  const said = headers['retry-after'];
  if (said === undefined || said.trim() === '') return undefined;
  const seconds = Number(said);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(said) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), LONGEST);
}

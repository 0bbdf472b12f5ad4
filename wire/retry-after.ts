import type { IncomingHttpHeaders } from 'node:http';
import { rateLimitReset } from './rate-limit-reset.ts';
import { retryInfo } from './retry-info.ts';

/** ms. The longest pause that an upstream's header can cause. */
const LONGEST = 15 * 60 * 1000;
/** ms. A longer wait is a mistake, and ignored. */
const NONSENSE = 31 * 24 * 60 * 60 * 1000;

/**
 * How many ms an upstream asks for: `retry-after-ms`, or `Retry-After` as seconds or as a date (RFC 9110 §10.2.3), else,
 * where a limit is used up, until its limits are new; else what its body says. Undefined when it names no time, or one
 * that cannot be meant.
 * @param date ms since 1970
 * @param isUsedUp its status says that a limit is
 * @param body of the refusal
 */
export function retryAfter(
  headers: IncomingHttpHeaders,
  date: number,
  isUsedUp = false,
  body?: Buffer,
): number | undefined {
  const exact = first(headers['retry-after-ms']);
  if (exact !== '' && Number(exact) >= 0) return within(Number(exact));
  const said = first(headers['retry-after']);
  if (said === '')
    return within((isUsedUp ? rateLimitReset(headers, date) : undefined) ?? (body && retryInfo(body)));
  const seconds = Number(said);
  return within(Number.isFinite(seconds) ? seconds * 1000 : Date.parse(said) - date);
}

function within(wait: number | undefined): number | undefined {
  if (wait === undefined || Number.isNaN(wait) || wait > NONSENSE) return undefined;
  return Math.min(Math.max(wait, 0), LONGEST);
}

/** Of a repeated header the first counts; '' for none. */
function first(header: string | string[] | undefined): string {
  return (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
}

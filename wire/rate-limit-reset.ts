import type { IncomingHttpHeaders } from 'node:http';

/** `x-ratelimit-reset`, OpenAI's `x-ratelimit-reset-tokens`, and with a vendor's name `VENDOR-ratelimit-tokens-reset`. */
const RESET = /^(?:x-)?ratelimit-reset(?:-[a-z-]+)?$|^[a-z]+-ratelimit-[a-z-]+-reset$/;
/** A number from here on is a date: in seconds (since 2001), and in milliseconds. */
const EPOCH_S = 1e9;
const EPOCH_MS = 1e12;
const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|[dhms]))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|[dhms])/g;

/**
 * The time until the limits reset, in ms: that of the exhausted limit where the headers show which one it is, else the
 * earliest.
 * @param date ms since 1970
 */
export function rateLimitReset(headers: IncomingHttpHeaders, date: number): number | undefined {
  let soonest: number | undefined;
  let usedUp: number | undefined;
  for (const [name, value] of Object.entries(headers)) {
    if (!RESET.test(name)) continue;
    const wait = waitOf(String(Array.isArray(value) ? value[0] : value).trim(), date);
    // A past moment gives no time to wait.
    if (wait === undefined || wait <= 0) continue;
    soonest = Math.min(soonest ?? Infinity, wait);
    if (isUsedUp(headers[name.replace('reset', 'remaining')])) usedUp = Math.max(usedUp ?? 0, wait);
  }
  return usedUp ?? soonest;
}

const isUsedUp = (remaining: string | string[] | undefined): boolean =>
  remaining !== undefined && remaining !== '' && Number(remaining) <= 0;

function waitOf(said: string, date: number): number | undefined {
  if (said === '') return undefined;
  const number = Number(said);
  if (Number.isFinite(number)) {
    if (number >= EPOCH_MS) return Math.max(0, number - date);
    return Math.max(0, number >= EPOCH_S ? number * 1_000 - date : number * 1_000);
  }
  if (said.length <= 40 && DURATION.test(said)) {
    let ms = 0;
    for (const [, count, unit] of said.matchAll(PART)) ms += Number(count) * (UNITS[unit ?? ''] ?? 0);
    return ms;
  }
  const at = Date.parse(said);
  return Number.isNaN(at) ? undefined : Math.max(0, at - date);
}

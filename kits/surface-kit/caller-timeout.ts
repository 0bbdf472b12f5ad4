import type { Call } from '../../core/contracts/index.ts';

/**
 * The caller's own timeout, in ms since the request came: SDKs send it in seconds, as `x-stainless-timeout`, and Google's
 * as `x-server-timeout`. Infinity where neither header is there.
 */
export function callerTimeoutOf({ headers }: Call): number {
  const header = headers['x-stainless-timeout'] ?? headers['x-server-timeout'];
  if (header === undefined) return Infinity;
  const seconds = Number(header);
  return seconds > 0 ? seconds * 1000 : Infinity;
}

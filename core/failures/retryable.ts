import type { Quirks } from '../contracts/index.ts';

/** Statuses that say nothing about the request itself: another target, or a later moment, may do better. */
export function isRetryable(status: number, { retryStatuses }: Quirks): boolean {
  return (
    status === 408 ||
    status === 409 ||
    status === 429 ||
    status >= 500 ||
    retryStatuses?.includes(status) === true
  );
}

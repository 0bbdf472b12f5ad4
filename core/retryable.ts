/** Statuses that say nothing about the request itself: another target, or a later moment, may do better. */
export function isRetryable(status: number): boolean {
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

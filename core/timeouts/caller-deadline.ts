import type { Timeouts } from '../contracts/index.ts';

interface Waiting {
  /** when it came, on the clock of `performance.now()` */
  readonly startedMs: number;
  readonly call: { readonly stream: boolean };
  readonly callerTimeoutMs: number;
}

/** ms until the caller gives up. */
export function remaining({ startedMs, callerTimeoutMs }: Waiting): number {
  return callerTimeoutMs === Infinity ? Infinity : startedMs + callerTimeoutMs - performance.now();
}

/**
 * The timeouts, none longer than the caller's own. SDKs apply it to the whole of an answer, but of a stream only to its
 * beginning: what has begun may go on.
 * @param remainingMs until the caller gives up
 */
export function capToCaller(
  timeouts: Timeouts,
  { callerTimeoutMs, call }: Waiting,
  remainingMs: number,
): Timeouts {
  if (callerTimeoutMs === Infinity) return timeouts;
  const restMs = Math.max(0, remainingMs);
  const { firstByte, firstContent, queue, start, total } = timeouts;
  if (call.stream) {
    if (restMs >= firstByte && restMs >= firstContent && restMs >= queue && restMs >= start) return timeouts;
    return {
      ...timeouts,
      firstByte: Math.min(firstByte, restMs),
      firstContent: Math.min(firstContent, restMs),
      queue: Math.min(queue, restMs),
      start: Math.min(start, restMs),
    };
  }
  if (callerTimeoutMs >= total) return timeouts;
  return {
    ...timeouts,
    total: callerTimeoutMs,
    queue: Math.min(queue, restMs),
    start: Math.min(start, restMs),
  };
}

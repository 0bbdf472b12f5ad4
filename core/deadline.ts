import type { Call, Timeouts } from './contracts.ts';

/**
 * How long the caller waits, in ms since it came: the SDKs say it in `x-stainless-timeout`, in seconds. Infinity where
 * nobody says.
 */
export function patienceOf({ headers }: Call): number {
  const said = headers['x-stainless-timeout'];
  if (said === undefined) return Infinity;
  const seconds = Number(said);
  return seconds > 0 ? seconds * 1000 : Infinity;
}

interface Waiting {
  /** when it came, on the clock of `performance.now()` */
  readonly started: number;
  readonly call: { readonly stream: boolean };
  readonly patience: number;
}

/** ms until the caller gives up. */
export function remaining({ started, patience }: Waiting): number {
  return patience === Infinity ? Infinity : started + patience - performance.now();
}

/**
 * The clocks, none longer than the caller waits. SDKs wait so long for the whole of an answer, but of a stream only for
 * its beginning: what has begun may go on.
 */
export function within(timeouts: Timeouts, waiting: Waiting): Timeouts {
  const { patience, call } = waiting;
  if (patience === Infinity) return timeouts;
  const rest = Math.max(0, remaining(waiting));
  const { firstByte, firstContent, queue, start, total } = timeouts;
  if (call.stream) {
    if (rest >= firstByte && rest >= firstContent && rest >= queue && rest >= start) return timeouts;
    return {
      ...timeouts,
      firstByte: Math.min(firstByte, rest),
      firstContent: Math.min(firstContent, rest),
      queue: Math.min(queue, rest),
      start: Math.min(start, rest),
    };
  }
  if (patience >= total) return timeouts;
  return { ...timeouts, total: patience, queue: Math.min(queue, rest), start: Math.min(start, rest) };
}

/** A gateway's two clocks: a monotonic one, and dates. */
export interface Clocks {
  /** ms on the monotonic clock */
  readonly now: () => number;
  /** ms since 1970 */
  readonly date: () => number;
}

/** A time of the monotonic clock as a date for people, ms since 1970. */
export const dated = (atMs: number, { now, date }: Clocks): number => Math.round(date() + atMs - now());

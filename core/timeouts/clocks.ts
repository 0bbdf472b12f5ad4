/** A gateway's two clocks: one that only goes forward, and dates. */
export interface Clocks {
  /** ms; where it begins says nothing */
  readonly now: () => number;
  /** ms since 1970 */
  readonly date: () => number;
}

/** A moment of the clock that only goes forward, as the date that people see, ms since 1970. */
export const dated = (at: number, { now, date }: Clocks): number => Math.round(date() + at - now());

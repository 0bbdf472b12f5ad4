import type { timeouts } from './timeouts-schema.ts';

/** How long each phase may take, in ms, as the schema describes it. */
export type Timeouts = Readonly<Record<keyof typeof timeouts.properties, number>>;

/** Something that must have happened by a time, in ms on the clock of `performance.now()`. */
export interface Deadline {
  dueMs: number;
  expire(): void;
  /** its neighbours in the list of the timer that watches it; for that timer only */
  next?: Deadline | undefined;
  previous?: Deadline | undefined;
}

/** Watches deadlines with one sweep instead of a timer each: moving one is writing a number. */
export interface DeadlineTimer {
  /** the time of the last sweep: exact to one tick, for the price of reading a field */
  readonly coarseMs: number;
  watch(deadline: Deadline): void;
  forget(deadline: Deadline): void;
  now(): number;
}

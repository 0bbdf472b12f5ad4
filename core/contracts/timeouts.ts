/** How long each phase may take, in ms. */
export interface Timeouts {
  /** until the connection to the upstream stands */
  readonly connect: number;
  /** from the request being written until the head of the answer */
  readonly firstByte: number;
  /** from the request being written until the first text, reasoning or tool delta of a stream */
  readonly firstContent: number;
  /** the longest silence inside an answer */
  readonly idle: number;
  /** the whole request, every attempt included */
  readonly total: number;
  /** waiting for a slot where a provider takes a limited number of requests at once */
  readonly queue: number;
  /** waiting for a local process that is being fetched or started */
  readonly start: number;
  /** silence after which the caller of a stream is sent a comment; 0: never */
  readonly keepalive: number;
}

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

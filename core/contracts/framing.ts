/** How the events of a stream stand in its bytes. */

/** One event of a stream. Where the framing is another than server-sent events it has no name. */
export interface SseEvent {
  /** the `event:` field; '' when there is none */
  readonly event: string;
  readonly data: string;
}

/** Of one API: how its upstreams' streams are read, and how its callers' are written. */
export interface Framing {
  readonly decoder: StreamDecoder;
  /** absent: no caller speaks this API */
  readonly encoder?: StreamEncoder;
}

/** Cuts events out of bytes. */
export interface StreamDecoder {
  /** Whether an answer is such a stream. @param asked a stream was asked for. Absent: its first bytes tell */
  readonly isStream?: (contentType: string, asked: boolean) => boolean;
  /** for one stream */
  readonly cutter: () => EventCutter;
  /** The events in a run of whole ones, in order; what carries nothing has `data` ''. */
  readonly eventsIn: (run: Buffer) => Iterable<EventBytes>;
}

/** Cuts one stream behind its whole events, however it was chunked; it has memory. */
export interface EventCutter {
  /** bytes of an event that has not ended yet */
  readonly pending: number;
  /** @returns every event that has ended by now, as one run of bytes; undefined when none has */
  push(chunk: Buffer): Buffer | undefined;
  /** Whether a chunk carried nothing of an answer. @param run the result of `push` for it */
  isNoise(chunk: Buffer, run: Buffer | undefined): boolean;
  /** The first event of the run that came last, where it is long: a copy that is short. */
  readonly long?: EventBytes | undefined;
  /** What is left when the stream has ended, as a whole event; undefined: it is none, or the half of one. */
  last(): Buffer | undefined;
}

/** One event with the bytes it came in. */
export interface EventBytes {
  readonly event: SseEvent;
  /** where it ends in the run of bytes it was cut from */
  readonly end: number;
  /** `event` is a short copy of it. @throws Malformed where the whole is too much to be written again */
  readonly whole?: () => SseEvent;
}

/** Writes events as bytes. */
export interface StreamEncoder {
  /** threads know it by that */
  readonly name: string;
  readonly contentType: string;
  /** @param isFirst nothing of the stream was written before */
  readonly frame: (event: SseEvent, isFirst: boolean) => string;
  /** What ends a stream. @param isFirst likewise */
  readonly end: (isFirst: boolean) => string;
  /** A sign of life that no client takes for an event; one that begins with ':' may have words. Absent: there is none. */
  readonly comment?: string;
}

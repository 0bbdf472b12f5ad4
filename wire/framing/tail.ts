import type { EventBytes, SseEvent } from '../../core/contracts/index.ts';
import { FEW, withFew } from '../body/few-values.ts';
import { TooManyParts } from '../json.ts';

/** Bytes from which on an event is read while it comes: a shorter one is read in no time. */
export const LONG = 256 * 1024;

/** Reads a long event while it comes, and keeps a short copy of it. */
export interface Digest {
  /** @returns the index behind the event's end in this piece; -1: it goes on */
  add(piece: Buffer): number;
  /** the copy */
  readonly event: SseEvent;
  /** of its JSON: lists, maps, and further elements and members */
  readonly values: number;
  /** that it stands in */
  readonly lines: number;
}

/** The bytes of an event that has not ended. */
export class Tail {
  /** The first event of what was taken last, where it is long. */
  long: EventBytes | undefined;
  length = 0;
  readonly #begin: () => Digest;
  readonly #read: (bytes: Buffer) => SseEvent;
  #pieces: Buffer[] = [];
  #digest: Digest | undefined;

  /** @param read the whole event in these bytes */
  constructor(begin: () => Digest, read: (bytes: Buffer) => SseEvent) {
    this.#begin = begin;
    this.#read = read;
  }

  get first(): Buffer | undefined {
    return this.#pieces[0];
  }

  /**
   * A piece in which it does not end.
   * @throws Malformed
   */
  keep(piece: Buffer): void {
    this.long = undefined;
    this.#keep(piece);
  }

  /**
   * A piece in which it ends.
   * @param end behind the last event in it
   * @returns all up to there
   * @throws Malformed
   */
  take(piece: Buffer, end = piece.length): Buffer {
    const { length } = this;
    const last = end === piece.length ? piece : piece.subarray(0, end);
    const whole = length === 0 ? last : Buffer.concat([...this.#pieces, last]);
    this.long = whole.length > LONG ? this.#longIn(whole, length) : undefined;
    this.#pieces = [];
    this.length = 0;
    this.#digest = undefined;
    if (end < piece.length) this.#keep(piece.subarray(end));
    return whole;
  }

  #keep(piece: Buffer): void {
    this.#pieces.push(piece);
    this.length += piece.length;
    if (this.length <= LONG) return;
    if (this.#digest) this.#digest.add(piece);
    else {
      this.#digest = this.#begin();
      for (const one of this.#pieces) this.#digest.add(one);
    }
  }

  #longIn(whole: Buffer, before: number): EventBytes | undefined {
    const known = this.#digest;
    const digest = known ?? this.#begin();
    const from = known ? before : 0;
    const behind = digest.add(whole.subarray(from));
    const end = behind === -1 ? whole.length : from + behind;
    if (end <= LONG) return undefined;
    const { event } = digest;
    return { event, end, whole: () => this.#written(whole.subarray(0, end), digest) };
  }

  /** @throws TooManyParts */
  #written(bytes: Buffer, { values, lines }: Digest): SseEvent {
    if (lines > FEW) throw new TooManyParts(FEW);
    return this.#read(withFew(bytes, values));
  }
}

/** The events of a run, in order. @param long the first of them, where it is long */
export const eventsOf = (
  run: Buffer,
  eventsIn: (run: Buffer) => Iterable<EventBytes>,
  long: EventBytes | undefined,
): Iterable<EventBytes> => (long ? eventsBehind(long, run, eventsIn) : eventsIn(run));

function* eventsBehind(
  long: EventBytes,
  run: Buffer,
  eventsIn: (run: Buffer) => Iterable<EventBytes>,
): Generator<EventBytes> {
  yield long;
  for (const one of eventsIn(run.subarray(long.end))) yield { ...one, end: long.end + one.end };
}

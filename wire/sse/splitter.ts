import type { EventBytes, EventCutter, SseEvent } from '../../core/contracts/index.ts';
import { Tail } from '../framing/tail.ts';
import { tryJson } from '../json.ts';
import { parseEvent } from './event.ts';
import { LongEvent } from './long-event.ts';
import { isComment, isNoise } from './noise.ts';

const LF = 0x0a;
const CR = 0x0d;
const NOTHING = Buffer.alloc(0);
const BLANK_LINE = Buffer.from('\n\n');

/**
 * Splits a byte stream at the ends of server-sent events (WHATWG HTML §9.2), whatever line ends it uses and however it
 * was chunked. Only whole events come out, so that an error event can always follow them.
 */
export class Splitter implements EventCutter {
  readonly #tail = new Tail(
    () => new LongEvent(),
    (bytes) => parseEvent(bytes.toString()),
  );
  /** the last byte so far, and the one before it: an end may lie across two chunks */
  #last = 0;
  #beforeLast = 0;

  get pending(): number {
    return this.#tail.length;
  }

  get long(): EventBytes | undefined {
    return this.#tail.long;
  }

  isNoise(chunk: Buffer, run: Buffer | undefined): boolean {
    if (this.long) return run?.length === this.long.end && this.long.event.data === '';
    return run ? isNoise(run) : isComment(this.#tail.first, this.#tail.length, chunk);
  }

  push(chunk: Buffer): Buffer | undefined {
    const end = this.#lastEnd(chunk);
    this.#beforeLast = chunk.length > 1 ? (chunk.at(-2) as number) : this.#last;
    this.#last = chunk.at(-1) ?? this.#last;
    if (end === 0) {
      this.#tail.keep(chunk);
      return undefined;
    }
    return this.#tail.take(chunk, end);
  }

  rest(): Buffer {
    return this.#tail.take(NOTHING);
  }

  /** What only lacks its empty line is whole. */
  last(): Buffer | undefined {
    const isEmpty = this.pending === 0;
    const last = this.#tail.take(BLANK_LINE);
    return isEmpty || !isEvent(this.long?.event ?? parseEvent(last.toString())) ? undefined : last;
  }

  /** @returns the index after the last empty line in the chunk, 0 when there is none */
  #lastEnd(chunk: Buffer): number {
    for (let at = chunk.length - 1; at >= 0; at--) {
      const byte = chunk[at];
      if (byte !== LF && byte !== CR) continue;
      const one = at > 0 ? (chunk[at - 1] as number) : this.#last;
      if (one !== LF && one !== CR) continue;
      if (!(one === CR && byte === LF)) return at + 1;
      // CR LF is one line end: an empty line only when another stands before it.
      const two = at > 1 ? (chunk[at - 2] as number) : at === 1 ? this.#last : this.#beforeLast;
      if (two === LF || two === CR) return at + 1;
    }
    return 0;
  }
}

const isEvent = ({ data }: SseEvent): boolean =>
  data === '[DONE]' || typeof (tryJson(data) ?? undefined) === 'object';

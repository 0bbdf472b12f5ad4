import type { EventCutter } from '../../core/contracts/index.ts';
import { isComment, isNoise } from './noise.ts';

const LF = 0x0a;
const CR = 0x0d;

/**
 * Splits a byte stream at the ends of server-sent events (WHATWG HTML §9.2), whatever line ends it uses and however it
 * was chunked. Only whole events come out, so that an error event can always follow them.
 */
export class Splitter implements EventCutter {
  #tail: Buffer[] = [];
  #length = 0;
  /** the last byte so far, and the one before it: an end may lie across two chunks */
  #last = 0;
  #beforeLast = 0;

  get pending(): number {
    return this.#length;
  }

  isNoise(chunk: Buffer, run: Buffer | undefined): boolean {
    return run ? isNoise(run) : isComment(this.#tail[0], this.#length, chunk);
  }

  push(chunk: Buffer): Buffer | undefined {
    const end = this.#lastEnd(chunk);
    this.#beforeLast = chunk.length > 1 ? (chunk.at(-2) as number) : this.#last;
    this.#last = chunk.at(-1) ?? this.#last;
    if (end === 0) {
      this.#keep(chunk);
      return undefined;
    }
    const ended = end === chunk.length ? chunk : chunk.subarray(0, end);
    const whole = this.#length === 0 ? ended : Buffer.concat([...this.#tail, ended]);
    this.#tail = [];
    this.#length = 0;
    if (end < chunk.length) this.#keep(chunk.subarray(end));
    return whole;
  }

  rest(): Buffer {
    const rest = Buffer.concat(this.#tail);
    this.#tail = [];
    this.#length = 0;
    return rest;
  }

  #keep(bytes: Buffer): void {
    this.#tail.push(bytes);
    this.#length += bytes.length;
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

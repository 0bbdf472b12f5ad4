import { wrongCharacter } from './head.ts';
import { Malformed } from './malformed.ts';
import type { Pieces } from './pieces.ts';
import { Trailers } from './trailers.ts';

/** The most digits of a chunk's size. */
const DIGITS = 16;
/** The most bytes of all extensions of one body together. Extensions are ignored. */
const EXTENSIONS = 16 * 1024;

const EXTENSION_SYNTAX =
  /^(?:;[!#$%&'*+\-.^_`|~\w]+(?:=(?:[!#$%&'*+\-.^_`|~\w]+|"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"))?)*$/;

const [LF, CR, SEMICOLON] = [10, 13, 59];

const SIZE = 0;
const EXTENSION = 1;
const SIZE_LF = 2;
const DATA = 3;
const DATA_CR = 4;
const DATA_LF = 5;
const TRAILERS = 6;

/** Reads the chunked coding (RFC 9112 §7.1) across reads. */
export class Chunks {
  /** The last chunk and its trailers have arrived. */
  done = false;
  #state = SIZE;
  #size = 0;
  #digits = 0;
  /** bytes of the current chunk that have not arrived yet */
  #left = 0;
  #extensions = 0;
  /** of the current chunk, from its first semicolon on */
  #extension = '';
  #trailers: Trailers | undefined;

  /** Ready for the next body. */
  begin(): void {
    this.done = false;
    this.#state = SIZE;
    this.#size = this.#digits = this.#left = this.#extensions = 0;
    this.#extension = '';
    this.#trailers = undefined;
  }

  /**
   * Puts the data of this read into `pieces`.
   * @returns where in `buffer` the body ended, or `end`
   * @throws Malformed; the valid data before it is in `pieces`
   */
  read(buffer: Buffer, from: number, end: number, pieces: Pieces): number {
    let at = from;
    while (at < end && !this.done) {
      if (this.#state === DATA) {
        const to = Math.min(end, at + this.#left);
        pieces.add(buffer, at, to, end);
        this.#left -= to - at;
        at = to;
        if (this.#left === 0) this.#state = DATA_CR;
      } else {
        this.#step(buffer[at++] as number);
      }
    }
    return at;
  }

  #step(byte: number): void {
    switch (this.#state) {
      case SIZE:
        return this.#sized(byte);
      case EXTENSION:
        return this.#extended(byte);
      case SIZE_LF:
        if (byte !== LF) throw new Malformed(wrongCharacter(CR, "a chunk's size"));
        this.#left = this.#size;
        this.#state = this.#size === 0 ? TRAILERS : DATA;
        this.#size = this.#digits = 0;
        return;
      case DATA_CR:
        if (byte !== CR) throw new Malformed('a chunk that is longer than its size');
        this.#state = DATA_LF;
        return;
      case DATA_LF:
        if (byte !== LF) throw new Malformed('a chunk without a line feed at its end');
        this.#state = SIZE;
        return;
      default:
        this.#trailers ??= new Trailers();
        this.done = this.#trailers.add(byte);
    }
  }

  #sized(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.#size = this.#size * 16 + digit;
      if (++this.#digits > DIGITS || this.#size > Number.MAX_SAFE_INTEGER)
        throw new Malformed("a chunk's size that is too large");
      return;
    }
    if (this.#digits === 0 || (byte !== CR && byte !== SEMICOLON))
      throw new Malformed(
        byte === LF ? wrongCharacter(LF, "a chunk's size") : "a chunk's size that is not a number",
      );
    if (byte === CR) this.#state = SIZE_LF;
    else this.#extended(byte);
  }

  #extended(byte: number): void {
    this.#state = EXTENSION;
    if (byte !== CR) {
      if (byte === LF) throw new Malformed(wrongCharacter(LF, "a chunk's extension"));
      if (++this.#extensions > EXTENSIONS)
        throw new Malformed(`chunk extensions of more than ${EXTENSIONS} bytes`);
      this.#extension += String.fromCharCode(byte);
      return;
    }
    if (!EXTENSION_SYNTAX.test(this.#extension)) throw new Malformed("a chunk's extension that is none");
    this.#extension = '';
    this.#state = SIZE_LF;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

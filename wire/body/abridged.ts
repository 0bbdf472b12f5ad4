import { DEEPEST, TooDeep } from '../json.ts';
import { Malformed } from '../malformed.ts';
import { stringEnd } from './walk.ts';

const [QUOTE, COMMA, SPACE, LETTER_U] = [0x22, 0x2c, 0x20, 0x75];
const [OPEN_MAP, CLOSE_MAP, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];
const BACKSLASH = 0x5c;

/** Levels that are kept: a finish reason, a status and the kinds of what an answer holds stand in them. */
const TOP = 3;
/** Elements that are kept of a list there, and of one below. */
const [MANY, FEW] = [1_100, 16];
/** Bytes of each member on top of which nothing below those levels is left out. */
const SHARE = 64 * 1024;
/** Bytes that are kept of each text, and of a number. */
const LEAST = 64;
/** Bytes of all that is kept. */
const MOST = 1024 * 1024;

/**
 * A short copy of a long JSON text, made while it comes, so that reading it delays no other request: what an answer is,
 * whether it carries something and how it ends can be read from it as from the whole. Long lists lose elements, long
 * texts their ends, and deep values what is in them. A text that is shorter than the bounds is equal to it.
 */
export class Abridged {
  /** Objects, lists, and their further elements and members, those left out too. */
  values = 0;
  #kept = '';
  /** bytes of the current member on top */
  #share = 0;
  /** levels that are open */
  #depth = 0;
  /** Up to which level nothing is kept; 0: all is. */
  #muted = 0;
  /** of each open level: commas of a list, NaN for a map */
  readonly #commas: number[] = [0];
  #isText = false;
  /** bytes at the beginning of the next piece that belong to an escape */
  #escaped = 0;
  /** bytes that may still be kept of the current text or number */
  #room = LEAST;

  /** @throws Malformed where it is too deep, or its upper levels alone are too long */
  add(json: Buffer): void {
    let at = this.#escaped;
    this.#escaped = 0;
    if (this.#isText) at = this.#text(json, at, 0);
    while (at < json.length) {
      if (this.#muted > 0) at = this.#passed(json, at);
      else {
        const byte = json[at++] as number;
        if (byte === QUOTE) at = this.#begin(json, at);
        else this.#token(byte);
      }
    }
    this.#escaped = at - json.length;
  }

  /** The copy of what has come. */
  get text(): string {
    return Buffer.from(this.#kept, 'latin1').toString();
  }

  #begin(json: Buffer, at: number): number {
    this.#keep('"');
    this.#room = Math.max(LEAST, Math.min(SHARE - this.#share, MOST / 2 - this.#kept.length));
    this.#isText = true;
    return this.#text(json, at);
  }

  /** @param begin of what is kept: an escape may stand before `from` @returns where it goes on behind what has come of a text */
  #text(json: Buffer, from: number, begin = from): number {
    const end = stringEnd(json, from);
    const isOver = end >= 0;
    const stop = Math.min(isOver ? end - 1 : ~end, json.length);
    if (this.#muted === 0 && this.#room > 0) {
      const length = stop - begin;
      this.#keep(json.toString('latin1', begin, Math.min(stop, begin + this.#room)));
      if (length > this.#room || (length === this.#room && !isOver))
        this.#kept = withoutHalfEscape(this.#kept);
      this.#room -= length;
    }
    this.#isText = !isOver;
    if (!isOver) return ~end;
    if (this.#muted === 0) this.#keep('"');
    this.#room = LEAST;
    return end;
  }

  /** One byte outside of texts. */
  #token(byte: number): void {
    if (byte <= SPACE) return;
    if (byte === OPEN_MAP || byte === OPEN_LIST) this.#open(byte);
    else if (byte === CLOSE_MAP || byte === CLOSE_LIST) this.#close(byte);
    else if (byte === COMMA) this.#comma();
    else if (this.#room > 0) {
      this.#room--;
      this.#keep(String.fromCharCode(byte));
    }
  }

  #open(byte: number): void {
    this.#keep(String.fromCharCode(byte));
    this.#deeper();
    this.#commas[this.#depth] = byte === OPEN_LIST ? 0 : NaN;
    this.#room = LEAST;
    if (this.#depth > TOP && this.#share > SHARE) this.#muted = this.#depth;
  }

  #close(byte: number): void {
    if (this.#depth > 0) this.#depth--;
    this.#room = LEAST;
    this.#keep(String.fromCharCode(byte));
  }

  #comma(): void {
    this.values++;
    const isTop = this.#depth <= TOP;
    const commas = (this.#commas[this.#depth] = (this.#commas[this.#depth] ?? 0) + 1);
    if (this.#depth <= 1) this.#share = 0;
    if (commas >= (isTop ? MANY : FEW) || (!isTop && this.#share > SHARE)) this.#muted = this.#depth;
    else this.#keep(',');
    this.#room = LEAST;
  }

  /** Through what is left out, up to the end of its level or of what has come. @returns where that is */
  #passed(json: Buffer, from: number): number {
    let at = from;
    while (at < json.length) {
      const byte = json[at++] as number;
      if (byte === QUOTE) {
        const end = stringEnd(json, at);
        if (end < 0) {
          this.#isText = true;
          return ~end;
        }
        at = end;
      } else if (byte === COMMA) this.values++;
      else if (byte === OPEN_MAP || byte === OPEN_LIST) this.#deeper();
      else if (byte === CLOSE_MAP || byte === CLOSE_LIST) {
        if (this.#depth > this.#muted) this.#depth--;
        else {
          this.#muted = 0;
          this.#close(byte);
          return at;
        }
      }
    }
    return at;
  }

  #deeper(): void {
    this.values++;
    if (++this.#depth > DEEPEST) throw new TooDeep();
  }

  #keep(text: string): void {
    this.#kept += text;
    this.#share += text.length;
    if (this.#kept.length > MOST) throw new Malformed(`JSON of more than ${MOST} bytes in its upper levels`);
  }
}

/** A text that was cut, up to the escape that was cut with it. */
function withoutHalfEscape(text: string): string {
  const last = text.lastIndexOf('\\');
  if (last < text.length - 5) return text;
  let first = last;
  while (text.charCodeAt(first - 1) === BACKSLASH) first--;
  const isEscape = (last - first) % 2 === 0;
  const length = text.charCodeAt(last + 1) === LETTER_U ? 6 : 2;
  return isEscape && text.length - last < length ? text.slice(0, last) : text;
}

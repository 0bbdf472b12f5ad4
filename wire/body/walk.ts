import type { Members, Span } from '../../core/contracts/index.ts';
import { wantedName } from './member-name.ts';

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_MAP, CLOSE_MAP, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];
const MARK = [0xef, 0xbb, 0xbf];
/** Most open levels, so that a hostile body costs no memory. */
const DEEPEST = 10_000;
/** Bytes of a string that are checked one by one: searching for its end costs as much. */
const NEAR = 48;

/** What is expected at the walk's position. */
const [
  START,
  FIRST_NAME,
  NEXT_NAME,
  NAME,
  AFTER_NAME,
  VALUE,
  TEXT,
  SCALAR,
  INSIDE,
  TEXT_INSIDE,
  AFTER,
  DONE,
  FAILED,
] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const;

/**
 * A walk over the top level of a JSON object's bytes that can stop at any byte and continue when more have come: a long
 * body is walked piece by piece while it arrives, and delays no other request.
 */
export class Walk {
  readonly #wanted: readonly string[];
  readonly #spans = new Map<string, Span>();
  readonly #open: number[] = [];
  #at: number;
  #expects: number = START;
  /** the wanted name whose value is next */
  #name: string | undefined;
  /** where that name, and then its value, begins */
  #from = 0;
  /** commas of the value's own level */
  #commas = 0;
  #values = 0;
  #inside = 0;
  #isEmpty = true;
  #end = 0;

  /** @param at where the object begins; white space may precede it */
  constructor(wanted: readonly string[], at = 0) {
    this.#wanted = wanted;
    this.#at = at;
  }

  /**
   * The members found, once the whole object has been walked; undefined before, and where it is no object.
   * @param isAll only white space may follow it, and no more than has come
   */
  found(isAll = true): Members | undefined {
    if (this.#expects !== DONE && (isAll || this.#end === 0)) return undefined;
    return {
      names: this.#wanted,
      spans: this.#spans,
      inside: this.#inside,
      empty: this.#isEmpty,
      end: this.#end,
      values: this.#values,
    };
  }

  /** @param json everything received: earlier bytes must still be there */
  advance(json: Buffer): void {
    while (this.#at < json.length && this.#expects !== FAILED) {
      const at = this.#at;
      const byte = json[at] as number;
      switch (this.#expects) {
        case NAME:
          this.#nameTo(json, stringEnd(json, at));
          break;
        case TEXT:
          this.#valueTo(stringEnd(json, at));
          break;
        case SCALAR:
          if (isScalar(byte)) this.#at++;
          else this.#valueTo(at);
          break;
        case INSIDE:
        case TEXT_INSIDE:
          this.#nested(json);
          break;
        default:
          if (isSpace(byte)) this.#at++;
          else this.#token(byte);
      }
    }
  }

  /** One byte between names and values, no white space. */
  #token(byte: number): void {
    const at = this.#at++;
    switch (this.#expects) {
      case START:
        if (at < MARK.length && byte === MARK[at]) return;
        this.#inside = at + 1;
        this.#expects = byte === OPEN_MAP ? FIRST_NAME : FAILED;
        return;
      case FIRST_NAME:
      case NEXT_NAME:
        this.#from = at;
        if (byte === QUOTE) this.#expects = NAME;
        else if (byte === CLOSE_MAP && this.#expects === FIRST_NAME) this.#close();
        else this.#expects = FAILED;
        return;
      case AFTER_NAME:
        this.#expects = byte === COLON ? VALUE : FAILED;
        return;
      case VALUE:
        this.#begin(at, byte);
        return;
      case AFTER:
        if (byte === CLOSE_MAP) this.#close();
        else this.#expects = byte === COMMA ? NEXT_NAME : FAILED;
        return;
      default:
        this.#expects = FAILED;
    }
  }

  /** @param end of a name, or ~ of where to continue the search */
  #nameTo(json: Buffer, end: number): void {
    this.#at = end < 0 ? ~end : end;
    if (end < 0) return;
    this.#isEmpty = false;
    this.#name = wantedName(json, this.#from + 1, end - 1, this.#wanted);
    this.#expects = AFTER_NAME;
  }

  #begin(at: number, byte: number): void {
    this.#from = at;
    this.#commas = 0;
    this.#values++;
    if (byte === QUOTE) this.#expects = TEXT;
    else if (byte === OPEN_MAP || byte === OPEN_LIST) {
      this.#open.push(byte + 2);
      this.#expects = INSIDE;
    } else this.#expects = isScalar(byte) ? SCALAR : FAILED;
  }

  /** @param end of a value, or ~ of where to continue the search */
  #valueTo(end: number): void {
    this.#at = end < 0 ? ~end : end;
    if (end < 0) return;
    // The last of two equal names counts, as it does for JSON.parse.
    if (this.#name !== undefined)
      this.#spans.set(this.#name, { start: this.#from, end, items: this.#commas + 1 });
    this.#expects = AFTER;
  }

  /** To the end of a list or map, or of what has come of it. */
  #nested(json: Buffer): void {
    const open = this.#open;
    let at = this.#at;
    if (this.#expects === TEXT_INSIDE) {
      at = stringEnd(json, at);
      if (at < 0) return void (this.#at = ~at);
      this.#expects = INSIDE;
    }
    while (at < json.length) {
      const byte = json[at++] as number;
      if (byte === QUOTE) {
        at = stringEnd(json, at);
        if (at >= 0) continue;
        this.#at = ~at;
        this.#expects = TEXT_INSIDE;
        return;
      }
      if (byte === COMMA) {
        this.#values++;
        if (open.length === 1) this.#commas++;
      } else if (byte === OPEN_MAP || byte === OPEN_LIST) {
        this.#values++;
        if (open.length === DEEPEST) return void (this.#expects = FAILED);
        open.push(byte + 2);
      } else if (byte === CLOSE_MAP || byte === CLOSE_LIST) {
        if (open.pop() !== byte) return void (this.#expects = FAILED);
        if (open.length === 0) return this.#valueTo(at);
      }
    }
    this.#at = at;
  }

  #close(): void {
    this.#end = this.#at;
    this.#expects = DONE;
  }
}

/** @returns the index after the closing quote; where it is not there yet, ~ of where to continue */
export function stringEnd(json: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const near = Math.min(at + NEAR, json.length);
    while (at < near) {
      const byte = json[at];
      if (byte === QUOTE) return at + 1;
      at += byte === BACKSLASH ? 2 : 1;
    }
    if (at >= json.length) return ~at;
    // A long string: on to its next quote, which may be escaped.
    const quote = json.indexOf(QUOTE, at);
    const stop = quote < 0 ? json.length : quote;
    let slashes = 0;
    while (stop - 1 - slashes >= at && json[stop - 1 - slashes] === BACKSLASH) slashes++;
    const isEscaped = slashes % 2 === 1;
    if (quote < 0) return ~(isEscaped ? stop + 1 : stop);
    if (!isEscaped) return quote + 1;
    at = quote + 1;
  }
}

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** Letters, digits and signs of `true`, `null`, `-1.5e+3`, and of Python's non-numbers `NaN` and `-Infinity`. */
function isScalar(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2d ||
    byte === 0x2b ||
    byte === 0x2e ||
    byte === 0x45 ||
    byte === 0x4e ||
    byte === 0x49
  );
}

import type { SseEvent } from '../../core/contracts/index.ts';
import { Abridged } from '../body/abridged.ts';
import type { Digest } from '../framing/tail.ts';

const [LF, CR, COLON, SPACE] = [0x0a, 0x0d, 0x3a, 0x20];
const NEWLINE = Buffer.from('\n');
/** The byte order mark, one character a byte. */
const MARK = '\u00ef\u00bb\u00bf';
/** bytes of the longest name of a field that is read, behind the mark */
const LONGEST = 'event'.length + MARK.length;
/** bytes that are kept of an event's name */
const NAME = 256;

/** Reads the lines of a long event while they come, as `parseEvent` reads those of a short one. */
export class LongEvent implements Digest {
  lines = 0;
  readonly #data = new Abridged();
  #event = '';
  /** the beginning of the current line, up to its colon */
  #name = '';
  /** undefined: its colon has not come */
  #field: string | undefined;
  /** Its value begins, and a space there is none of it. */
  #isFirst = false;
  #afterReturn = false;
  #hasLine = false;

  get event(): SseEvent {
    return { event: this.#event, data: this.#data.text };
  }

  get values(): number {
    return this.#data.values;
  }

  add(piece: Buffer): number {
    let at = 0;
    while (at < piece.length) {
      if (this.#afterReturn && piece[at] === LF) at++;
      this.#afterReturn = false;
      const end = lineEnd(piece, at);
      if (end > at) this.#part(piece, at, end);
      if (end === piece.length) return -1;
      this.#afterReturn = piece[end] === CR;
      at = end + 1;
      if (this.#endLine()) return piece[end] === CR && piece[at] === LF ? at + 1 : at;
    }
    return -1;
  }

  #part(piece: Buffer, from: number, end: number): void {
    let at = from;
    while (this.#field === undefined && at < end) {
      const byte = piece[at++] as number;
      if (byte !== COLON) {
        if (this.#name.length <= LONGEST) this.#name += String.fromCharCode(byte);
        continue;
      }
      this.#field = nameOf(this.#name);
      this.#isFirst = true;
      if (this.#field === 'event') this.#event = '';
      if (this.#field === 'data') this.#beginData();
    }
    if (this.#isFirst && at < end) {
      if (piece[at] === SPACE) at++;
      this.#isFirst = false;
    }
    if (at === end) return;
    if (this.#field === 'data') this.#data.add(piece.subarray(at, end));
    else if (this.#field === 'event' && this.#event.length < NAME)
      this.#event += piece.toString('utf8', at, Math.min(end, at + NAME));
  }

  /** Lines of data are joined by a line feed. */
  #beginData(): void {
    if (this.#hasLine) this.#data.add(NEWLINE);
    this.#hasLine = true;
  }

  /** @returns whether it was empty, and none of those before the event's first */
  #endLine(): boolean {
    const isEmpty = this.#name === '' && this.#field === undefined;
    if (this.#field === undefined && !isEmpty) {
      const name = nameOf(this.#name);
      if (name === 'event') this.#event = '';
      if (name === 'data') this.#beginData();
    }
    this.lines++;
    this.#name = '';
    this.#field = undefined;
    return isEmpty && this.lines > 1;
  }
}

const nameOf = (name: string): string => (name.startsWith(MARK) ? name.slice(MARK.length) : name);

function lineEnd(piece: Buffer, from: number): number {
  let at = from;
  while (at < piece.length && piece[at] !== LF && piece[at] !== CR) at++;
  return at;
}

import type { Pieces, Place } from '../../core/contracts/index.ts';

/** most bytes of a part's head */
const LONGEST_HEAD = 8 * 1024;
/** bytes of the shortest head that names a field */
const SHORTEST_HEAD = 'content-disposition:x;name='.length;
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const NAME = /^content-disposition:[^\r\n]*?;\s*name=(?:"([^"]*)"|([^;\s]+))/im;

/**
 * Where the values of form fields are in a `multipart/form-data` body (RFC 7578), walked while it arrives. Only what
 * routing needs: the file parts are skipped by searching for the boundary, never copied.
 */
export class FormWalk {
  /** the first field of each name counts */
  readonly fields = new Map<string, Place>();
  readonly #delimiter: Buffer | undefined;
  readonly #wanted: readonly string[];
  /** where the head of the current part begins; -1: none has begun */
  #head = -1;
  /** no unseen delimiter begins before this index */
  #at = 0;

  constructor(contentType: string, wanted: readonly string[]) {
    const boundary = boundaryIn(contentType);
    this.#delimiter = boundary === undefined ? undefined : Buffer.from(`--${boundary}`);
    this.#wanted = wanted;
  }

  /** @param body everything received: earlier bytes must still be there */
  advance(body: Buffer): void {
    const delimiter = this.#delimiter;
    if (!delimiter) return;
    while (this.fields.size < this.#wanted.length) {
      const next = body.indexOf(delimiter, this.#at);
      if (next < 0) {
        this.#at = Math.max(this.#at, body.length - delimiter.length + 1);
        return;
      }
      this.#at = next + delimiter.length;
      // A delimiter begins a line; elsewhere it belongs to a file.
      if (next > 0 && body[next - 1] !== 0x0a) continue;
      if (this.#head >= 0) this.#part(body, next);
      this.#head = this.#at;
    }
  }

  #part(body: Buffer, next: number): void {
    const part = body.subarray(this.#head, Math.min(next, this.#head + LONGEST_HEAD));
    if (part.length < SHORTEST_HEAD) return;
    const end = part.indexOf(END_OF_HEAD);
    if (end < SHORTEST_HEAD) return;
    const found = NAME.exec(part.toString('utf8', 0, end));
    const name = found?.[1] ?? found?.[2];
    if (name === undefined || !this.#wanted.includes(name) || this.fields.has(name)) return;
    this.fields.set(name, { start: this.#head + end + END_OF_HEAD.length, end: next - 2 });
  }
}

/** The place of one field's value in a whole body; undefined where it has none. */
export function formField(body: Buffer, contentType: string, name: string): Place | undefined {
  const walk = new FormWalk(contentType, [name]);
  walk.advance(body);
  return walk.fields.get(name);
}

/**
 * The body with that field's value replaced, or with the field in front where it is absent.
 * @param place where its value is; undefined: it has none
 */
export function withFormField(
  body: Buffer,
  contentType: string,
  name: string,
  value: string,
  place: Place | undefined,
): Pieces {
  if (place) return [body.subarray(0, place.start), Buffer.from(value), body.subarray(place.end)];
  const boundary = boundaryIn(contentType);
  if (boundary === undefined) return [body];
  const field = `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  return [Buffer.from(field), body];
}

function boundaryIn(contentType: string): string | undefined {
  const found = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  return found?.[1] ?? found?.[2];
}

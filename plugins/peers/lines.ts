import { StringDecoder } from 'node:string_decoder';

/** characters of one line; a longer one is dropped */
const LONGEST = 16 * 1024 * 1024;

/** Cuts what comes in pieces into lines. */
export class Lines {
  readonly #take: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #pieces: string[] = [];
  #length = 0;

  constructor(take: (line: string) => void) {
    this.#take = take;
  }

  add(chunk: Buffer): void {
    const [first = '', ...rest] = this.#decoder.write(chunk).split('\n');
    this.#keep(first);
    for (const piece of rest) {
      const line = this.#pieces.join('');
      const isWhole = this.#length <= LONGEST;
      this.#pieces = [];
      this.#length = 0;
      this.#keep(piece);
      if (isWhole && line !== '') this.#take(line);
    }
  }

  #keep(piece: string): void {
    this.#length += piece.length;
    if (this.#length <= LONGEST) this.#pieces.push(piece);
  }
}

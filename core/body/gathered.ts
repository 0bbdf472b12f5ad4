/** So much memory is taken on the word of a header alone. */
const BELIEVED = 16 * 1024 * 1024;

/**
 * A body that comes in pieces, put together. Where its length was announced each piece is copied to its place as it
 * comes: a long one at its end, all at once, would hold up everybody else.
 */
export class Gathered {
  readonly #announced: number;
  #whole: Buffer | undefined;
  #pieces: Buffer[] = [];
  #length = 0;

  /** @param announced by a header, such as `content-length` */
  constructor(announced: string | undefined) {
    const length = Number(announced);
    this.#announced = length <= BELIEVED ? length : 0;
  }

  get length(): number {
    return this.#length;
  }

  add(piece: Buffer): void {
    const end = this.#length + piece.length;
    if (this.#length === 0 && piece.length < this.#announced)
      this.#whole = Buffer.allocUnsafeSlow(this.#announced);
    if (this.#whole && end <= this.#announced) piece.copy(this.#whole, this.#length);
    else this.#pieces.push(piece);
    this.#length = end;
  }

  /** All that came, in order; it is not held any longer. */
  take(): readonly Buffer[] {
    const [whole, pieces] = [this.#whole, this.#pieces];
    this.#whole = undefined;
    this.#pieces = [];
    if (!whole) return pieces;
    const rest = pieces.reduce((sum, piece) => sum + piece.length, 0);
    return [whole.subarray(0, this.#length - rest), ...pieces];
  }

  bytes(): Buffer {
    const pieces = this.take();
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
  }
}

import type { Pieces } from '../../core/contracts/index.ts';

/** Most memory that is allocated for an announced length alone. */
const BELIEVED = 4 * 1024 * 1024;
/** More is allocated once this part of it has arrived: growing step by step would copy a long body twice. */
const PART = 1 / 128;
const NOTHING = Buffer.alloc(0);

/**
 * A body that comes in pieces, joined while it arrives: joining a long one at its end, all at once, would delay all
 * other requests. Allocated memory that is not filled costs nothing, because the system provides it page by page.
 */
export class Gathered {
  readonly #announced: number;
  #whole: Buffer = NOTHING;
  #length = 0;

  /** @param announced by a header, such as `content-length` */
  constructor(announced: string | undefined) {
    const length = Number(announced);
    this.#announced = length > 0 && Number.isSafeInteger(length) ? length : 0;
  }

  get length(): number {
    return this.#length;
  }

  add(piece: Buffer): void {
    const end = this.#length + piece.length;
    if (this.#length === 0 && piece.length >= this.#announced) {
      // Often this piece is the whole body, and then it need not be copied.
      this.#whole = piece;
    } else {
      if (end > this.#whole.length) this.#grow(end);
      piece.copy(this.#whole, this.#length);
    }
    this.#length = end;
  }

  /** Everything received so far; the next piece may move it. */
  soFar(): Buffer {
    return this.#length === this.#whole.length ? this.#whole : this.#whole.subarray(0, this.#length);
  }

  /** Everything received; it is released here. */
  bytes(): Buffer {
    const bytes = this.soFar();
    this.#whole = NOTHING;
    this.#length = 0;
    return bytes;
  }

  /** The same as a stream, for code that passes it on. */
  take(): Pieces {
    return this.#length === 0 ? [] : [this.bytes()];
  }

  #grow(end: number): void {
    const announced = this.#announced;
    const isBelieved = end <= announced && (announced <= BELIEVED || end >= announced * PART);
    const larger = Buffer.allocUnsafeSlow(isBelieved ? announced : 2 * end);
    this.#whole.copy(larger, 0, 0, this.#length);
    this.#whole = larger;
  }
}

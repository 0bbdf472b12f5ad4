import { TooManyParts, tryJson } from '../json.ts';
import { Abridged } from './abridged.ts';
import { Gathered } from './gathered.ts';

/** Bytes of an answer that is parsed as it is. */
export const PARSED = 64 * 1024;

/** A JSON body that comes in pieces. A long one is read while it comes, so that it delays no other request at its end. */
export class GatheredJson extends Gathered {
  readonly #most: number;
  #copy: Abridged | undefined;

  /** @param most values: lists, maps, and further elements and members */
  constructor(announced: string | undefined, most = Infinity) {
    super(announced);
    this.#most = most;
  }

  /** @throws Malformed */
  override add(piece: Buffer): void {
    super.add(piece);
    if (this.length <= PARSED) return;
    if (this.#copy) this.#copy.add(piece);
    else (this.#copy = new Abridged()).add(this.soFar());
    if (this.#copy.values > this.#most) throw new TooManyParts(this.#most);
  }

  /** What it says; of a long one a short copy. @returns undefined where it is not JSON */
  read(): unknown {
    return tryJson(this.#copy?.text ?? this.soFar().toString());
  }
}

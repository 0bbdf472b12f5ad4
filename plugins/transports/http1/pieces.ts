/**
 * The bytes of a body within one read. They leave the connection's buffer here: each is copied once, and all of a read
 * become one Buffer, so that a burst of small chunks costs its reader one call.
 */
export class Pieces {
  /** the first piece, not copied yet: mostly there is no second */
  #from = 0;
  #to = 0;
  #all: Buffer | undefined;
  #used = 0;

  /** @param end where the read ends: no more than from here to there can follow */
  add(buffer: Buffer, from: number, to: number, end: number): void {
    if (this.#all === undefined) {
      if (this.#to === 0) {
        this.#from = from;
        this.#to = to;
        return;
      }
      this.#all = Buffer.allocUnsafe(this.#to - this.#from + end - from);
      this.#used = buffer.copy(this.#all, 0, this.#from, this.#to);
    }
    this.#used += buffer.copy(this.#all, this.#used, from, to);
  }

  /** What was added since the last time, if anything was. */
  take(buffer: Buffer): Buffer | undefined {
    if (this.#to === 0) return undefined;
    const all =
      this.#all === undefined ? copied(buffer, this.#from, this.#to) : this.#all.subarray(0, this.#used);
    this.#from = this.#to = 0;
    this.#all = undefined;
    return all;
  }
}

/** A copy of these bytes of a buffer that is about to be read into again. */
export function copied(buffer: Buffer, from: number, to: number): Buffer {
  const copy = Buffer.allocUnsafe(to - from);
  copy.set(buffer.subarray(from, to));
  return copy;
}

/**
 * The bytes of a body within one read. Here they leave the connection's buffer: each byte is copied once, and all bytes of a
 * read become one Buffer, so that many small chunks cost the listener one call.
 */
export class Pieces {
  /** the first piece, not copied yet: usually there is no second */
  #from = 0;
  #to = 0;
  #all: Buffer | undefined;
  #used = 0;

  /** @param end where the read ends: a bound on what can follow */
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

  /** The bytes that were added since the last call, if any. */
  take(buffer: Buffer): Buffer | undefined {
    if (this.#to === 0) return undefined;
    const all =
      this.#all === undefined ? copied(buffer, this.#from, this.#to) : this.#all.subarray(0, this.#used);
    this.#from = this.#to = 0;
    this.#all = undefined;
    return all;
  }
}

/** A copy of these bytes: the next read overwrites the buffer. */
export function copied(buffer: Buffer, from: number, to: number): Buffer {
  const copy = Buffer.allocUnsafe(to - from);
  copy.set(buffer.subarray(from, to));
  return copy;
}

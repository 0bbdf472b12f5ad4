const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];

/**
 * Finds the end of the text of a JSON object, piece by piece: a tool's arguments may be long, and parsing all of them with
 * each piece takes a time that grows with the square of their length.
 */
export class ObjectEnd {
  #depth = 0;
  #hasBegun = false;
  #isInString = false;
  #isEscaped = false;

  get isWhole(): boolean {
    return this.#hasBegun && this.#depth === 0;
  }

  read(piece: string): void {
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at);
      if (this.#isInString) this.#readInString(code);
      else if (code === QUOTE) this.#isInString = true;
      else if (code === OPEN || code === OPEN_LIST) {
        this.#hasBegun = true;
        this.#depth += 1;
      } else if (code === CLOSE || code === CLOSE_LIST) this.#depth -= 1;
    }
  }

  #readInString(code: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (code === BACKSLASH) this.#isEscaped = true;
    else if (code === QUOTE) this.#isInString = false;
  }
}

/** Takes HTTP/1.1 chunked framing off text, with memory across reads. Latin-1 text, so that a character is a byte. */
export class Chunked {
  #rest = '';
  #left = 0;
  #isLast = false;
  ended = false;

  read(text: string): string {
    const input = this.#rest + text;
    let body = '';
    let at = 0;
    while (at < input.length && !this.ended) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, input.length - at);
        const content = Math.min(Math.max(0, this.#left - 2), taken);
        if (content > 0) body += input.slice(at, at + content);
        at += taken;
        this.#left -= taken;
        this.ended = this.#isLast && this.#left === 0;
        continue;
      }
      const line = input.indexOf('\r\n', at);
      if (line === -1) break;
      const size = Number.parseInt(input.slice(at, line), 16);
      if (Number.isNaN(size)) throw new Error(`not a chunk size: ${input.slice(at, line)}`);
      at = line + 2;
      // The two bytes after a chunk's content count as left of it.
      this.#left = size + 2;
      this.#isLast = size === 0;
    }
    this.#rest = input.slice(at);
    return body;
  }
}

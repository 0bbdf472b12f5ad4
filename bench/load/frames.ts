/** One delta of the upstream: its number, when it was written and when the upstream got the request, in microseconds. */
export interface Delta {
  number: number;
  written: number;
  asked: number;
}

const mark = '"content":"#';

/**
 * Finds the upstream's frames in a stream's text, with memory across reads; parses no more of the JSON than necessary.
 */
export class Frames {
  #rest = '';
  #seen: Uint8Array;
  #highest = 0;
  received = 0;
  repeated = 0;
  outOfOrder = 0;
  isDone = false;
  hasError = false;

  constructor(chunks: number) {
    this.#seen = new Uint8Array(chunks + 1);
  }

  get missing(): number {
    return this.#seen.length - 1 - this.received;
  }

  read(text: string, delta: (delta: Delta) => void): void {
    const input = this.#rest + text;
    let at = 0;
    for (let end = input.indexOf('\n\n'); end !== -1; end = input.indexOf('\n\n', at)) {
      this.#frame(input.slice(at, end), delta);
      at = end + 2;
    }
    this.#rest = input.slice(at);
  }

  #frame(frame: string, delta: (delta: Delta) => void): void {
    const at = frame.indexOf(mark);
    if (at === -1) {
      this.isDone ||= frame === 'data: [DONE]';
      this.hasError ||= frame.includes('"error"');
      return;
    }
    const start = at + mark.length;
    const number = Number(frame.slice(start, start + 4));
    this.#count(number);
    delta({
      number,
      written: Number(frame.slice(start + 5, start + 20)),
      asked: Number(frame.slice(start + 21, start + 36)),
    });
  }

  #count(number: number): void {
    if (this.#seen[number] === 1) {
      this.repeated += 1;
      return;
    }
    this.#seen[number] = 1;
    this.received += 1;
    if (number < this.#highest) this.outOfOrder += 1;
    this.#highest = Math.max(this.#highest, number);
  }
}

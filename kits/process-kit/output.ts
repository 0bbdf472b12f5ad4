import type { LogLine } from '../../core/contracts/index.ts';
import { StringDecoder } from 'node:string_decoder';

/** lines and characters that are kept, and how much of one line */
const LINES = 200;
const CHARACTERS = 65_536;
const WIDTH = 1_000;
/** of a line that has not ended; more than is kept, so that no secret is cut in two before it is hidden */
const HALF = 4 * WIDTH;

/** The last lines a process wrote: bounded whatever it writes, complete lines whatever the chunks. */
export class Output {
  readonly kept: LogLine[] = [];
  /** how many there were in all */
  count: number;
  /** takes out of a line what must not be seen */
  hide: (line: string) => string = (line) => line;
  readonly #written: (line: string, kept: LogLine) => void;
  readonly #now: () => number;
  readonly #sources: { flush: () => void }[] = [];
  #characters = 0;

  /** @param count how many lines there were before */
  constructor(written: (line: string, kept: LogLine) => void = () => {}, count = 0, now = Date.now) {
    this.#written = written;
    this.count = count;
    this.#now = now;
  }

  get lines(): string[] {
    return this.kept.map(({ line }) => line);
  }

  /** A reader for one stream; each has its own half line in memory. */
  source(): (chunk: Buffer) => void {
    const decoder = new StringDecoder('utf8');
    let half = '';
    this.#sources.push({
      flush: () => {
        this.#add(half + decoder.end());
        half = '';
      },
    });
    return (chunk) => {
      // A lone carriage return is how progress bars begin again.
      const lines = decoder.write(chunk).split(/[\r\n]+/);
      lines[0] = half + lines[0];
      half = lines.pop()!.slice(0, HALF);
      for (const line of lines) this.#add(line);
    };
  }

  /** Of what is kept, the lines after the first `count`. */
  since(count: number): string[] {
    return this.after(count).map(({ line }) => line);
  }

  after(count: number): LogLine[] {
    return this.kept.slice(Math.max(0, this.kept.length - (this.count - count)));
  }

  /** The streams have ended: what came last needs no line end. */
  flush(): void {
    for (const source of this.#sources.splice(0)) source.flush();
  }

  #add(line: string): void {
    const shown = this.hide(line.slice(0, HALF)).trimEnd().slice(0, WIDTH);
    if (shown === '') return;
    const kept = { n: ++this.count, atEpochMs: this.#now(), line: shown };
    this.kept.push(kept);
    this.#characters += shown.length;
    while (this.kept.length > LINES || this.#characters > CHARACTERS)
      this.#characters -= this.kept.shift()!.line.length;
    this.#written(shown, kept);
  }
}

/** Whether a line has a text in it, in capitals or not. */
export function holds({ line }: LogLine, text: string): boolean {
  return text === '' || line.toLowerCase().includes(text.toLowerCase());
}

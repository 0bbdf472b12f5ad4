import { StringDecoder } from 'node:string_decoder';

/** lines and characters that are kept, and how much of one line */
const LINES = 200;
const CHARACTERS = 65_536;
const WIDTH = 1_000;

/** The last lines a process wrote: bounded whatever it writes, whole whatever the chunks. */
export class Output {
  readonly lines: string[] = [];
  /** how many there were in all */
  count = 0;
  readonly #written: (line: string) => void;
  readonly #sources: { flush: () => void }[] = [];
  #characters = 0;

  constructor(written: (line: string) => void = () => {}) {
    this.#written = written;
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
      half = lines.pop()!.slice(0, WIDTH);
      for (const line of lines) this.#add(line);
    };
  }

  /** Of what is kept, what came after so many lines. */
  since(count: number): string[] {
    return this.lines.slice(Math.max(0, this.lines.length - (this.count - count)));
  }

  /** The streams have ended: what came last needs no line end. */
  flush(): void {
    for (const source of this.#sources.splice(0)) source.flush();
  }

  #add(line: string): void {
    const kept = line.trimEnd().slice(0, WIDTH);
    if (kept === '') return;
    this.lines.push(kept);
    this.count++;
    this.#characters += kept.length;
    while (this.lines.length > LINES || this.#characters > CHARACTERS)
      this.#characters -= this.lines.shift()!.length;
    this.#written(kept);
  }
}

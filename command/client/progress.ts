import { oneLine } from './table.ts';

const BAR = 20;

/** Progress of long tasks: at a terminal one line that is overwritten and removed at the end; elsewhere nothing. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #total: number;
  #done = 0;
  /** the latest message of each running task */
  readonly #lines = new Map<string, string>();

  constructor(total: number, stream: NodeJS.WriteStream = process.stderr) {
    this.#total = total;
    this.#stream = stream;
  }

  get isSeen(): boolean {
    return this.#stream.isTTY === true;
  }

  tell(name: string, line: string): void {
    this.#lines.delete(name);
    this.#lines.set(name, line);
    this.#draw();
  }

  done(name: string): void {
    this.#lines.delete(name);
    this.#done++;
    this.#draw();
  }

  clear(): void {
    if (this.isSeen) this.#stream.write('\r\u001B[K');
  }

  #draw(): void {
    if (!this.isSeen) return;
    const full = Math.round((this.#done / this.#total) * BAR);
    const newest = [...this.#lines].at(-1);
    const what = newest ? ` ${newest[0]}: ${newest[1]}` : '';
    const line = `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${this.#done}/${this.#total}${oneLine(what)}`;
    // A terminal that does not know its width reports 0.
    this.#stream.write(`\r\u001B[K${line.slice(0, (this.#stream.columns || 80) - 1)}`);
  }
}

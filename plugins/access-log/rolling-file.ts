import { appendFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** ms that lines are gathered for one write, and ms until the next try after a write that failed */
const GATHER = 100;
const PAUSE = 5_000;
/** characters that may wait for the disk; further lines are dropped */
const WAITING = 16 * 2 ** 20;

export interface RollingOptions {
  readonly file: string;
  /** bytes; 0: any number */
  readonly size: number;
  /** ms; 0: any time */
  readonly every: number;
  /** older files */
  readonly keep: number;
  /** ms since 1970 */
  readonly date: () => number;
  /** Called with why lines are lost, and at the end with their number. */
  readonly say: (text: string) => void;
}

/**
 * Lines that are appended to a file, which is renamed when it is full or old. Nothing waits for the disk. The file is opened
 * for each write, so that it may be moved away or cut short by others at any time.
 */
export class RollingFile {
  readonly #options: RollingOptions;
  #pending: string[] = [];
  #waiting = 0;
  #dropped = 0;
  #problem: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** the span of time that the file belongs to; undefined: it was not seen yet */
  #span: number | undefined;

  constructor(options: RollingOptions) {
    this.#options = options;
  }

  /** @param line with its line break */
  write(line: string): void {
    if (this.#waiting + line.length > WAITING) return void this.#dropped++;
    this.#pending.push(line);
    this.#waiting += line.length;
    this.#plan();
  }

  /** Settles when all that was written so far is in the file, or could not be. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  #plan(): void {
    const after = this.#problem === undefined ? GATHER : PAUSE;
    this.#timer ??= setTimeout(() => void this.flush(), after).unref();
  }

  async #write(): Promise<void> {
    if (this.#pending.length === 0) return;
    const lines = this.#pending;
    const waiting = this.#waiting;
    this.#pending = [];
    try {
      const text = lines.join('');
      await this.#makeRoom(Buffer.byteLength(text));
      await append(this.#options.file, text);
      this.#waiting -= waiting;
      if (this.#problem !== undefined || this.#dropped > 0) this.#recovered();
    } catch (error) {
      this.#pending = [...lines, ...this.#pending];
      const { message } = error as Error;
      if (this.#problem === undefined) this.#options.say(`the access log cannot be written: ${message}`);
      this.#problem = message;
      this.#plan();
    }
  }

  #recovered(): void {
    this.#options.say(`the access log is written again; ${this.#dropped} lines were lost`);
    this.#problem = undefined;
    this.#dropped = 0;
  }

  async #makeRoom(bytes: number): Promise<void> {
    const { file, size, every, date } = this.#options;
    const now = date();
    const spanOf = (epochMs: number): number => (every === 0 ? 0 : Math.floor(epochMs / every));
    const present = await stat(file).catch(() => undefined);
    const isOld = (this.#span ?? spanOf(present?.mtimeMs ?? now)) !== spanOf(now);
    const isFull = size > 0 && present !== undefined && present.size + bytes > size;
    if (present !== undefined && present.size > 0 && (isOld || isFull)) await this.#moveOn();
    this.#span = spanOf(now);
  }

  /** The oldest makes room. */
  async #moveOn(): Promise<void> {
    const { file, keep } = this.#options;
    if (keep === 0) return rm(file, { force: true });
    for (let nth = keep - 1; nth >= 0; nth--) {
      const from = nth === 0 ? file : `${file}.${nth}`;
      await rename(from, `${file}.${nth + 1}`).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
  }
}

/** The names of keys and what callers ask for are not for all users of the machine. */
async function append(file: string, text: string): Promise<void> {
  const options = { mode: 0o640 };
  await appendFile(file, text, options).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    await mkdir(dirname(file), { recursive: true, mode: 0o750 });
    await appendFile(file, text, options);
  });
}

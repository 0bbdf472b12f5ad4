import type { LogLine } from '../../../core/contracts/index.ts';
import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { lastLine } from './last-line.ts';

/** bytes of one file, and how many files there are */
const SIZE = 5 * 2 ** 20;
const FILES = 3;
/** ms that lines are gathered for one write, and ms until the next try after a write that failed */
const GATHER = 100;
const PAUSE = 5_000;
/** characters that may wait for the disk; further lines are dropped */
const WAITING = 2 ** 20;

interface Bounds {
  readonly size?: number;
  readonly files?: number;
  readonly pauseMs?: number;
}

/**
 * A program's lines on disk, one a line with its number and time: `FILE`, and older ones in `FILE.1` and so on. Nothing
 * waits for the disk: where it is slow or full, lines are dropped, and the next written line has their number.
 */
export class LogFiles {
  /** the number of the last line that the gateway before this one wrote; 0: there is none */
  readonly last: number;
  readonly #file: string;
  readonly #size: number;
  readonly #files: number;
  readonly #pauseMs: number;
  readonly #troubled: (what: string | undefined) => void;
  #pending: string[] = [];
  #waiting = 0;
  #dropped = 0;
  #isClosed = false;
  /** what is wrong with the disk; undefined: nothing */
  #diskProblem: string | undefined;
  #written: number | undefined;
  /** The last write may have ended in the middle of a line. */
  #torn: boolean;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  /** @param troubled called with what is wrong with the disk, and with undefined once it can be written again */
  constructor(
    file: string,
    troubled: (what: string | undefined) => void,
    { size = SIZE, files = FILES, pauseMs = PAUSE }: Bounds = {},
  ) {
    this.#file = file;
    this.#troubled = troubled;
    this.#size = size;
    this.#files = files;
    this.#pauseMs = pauseMs;
    const { text, torn } = lastLine(file) ?? lastLine(this.#nth(1)) ?? { text: '', torn: false };
    this.last = parsed(text)?.n ?? 0;
    this.#torn = torn;
  }

  write(line: LogLine): void {
    const text = `${line.n} ${new Date(line.atEpochMs).toISOString()} ${line.line}\n`;
    if (this.#isClosed || this.#waiting + text.length > WAITING) return void this.#dropped++;
    this.#pending.push(text);
    this.#waiting += text.length;
    if (!this.#writing) this.#plan();
  }

  /** Settles when all that was written so far is on the disk, or was dropped. */
  async flush(): Promise<void> {
    await this.#writing;
    if (this.#pending.length > 0) await this.#begin();
  }

  /** Later lines are not written: the folder may be gone. */
  async close(): Promise<void> {
    await this.flush();
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** All lines that are on the disk, oldest first. */
  async *lines(): AsyncGenerator<LogLine> {
    let last = 0;
    for (let nth = this.#files - 1; nth >= 0; nth--) {
      for await (const text of textsOf(this.#nth(nth))) {
        const line = parsed(text);
        // A file may have been moved on while it was read.
        if (!line || line.n <= last) continue;
        last = line.n;
        yield line;
      }
    }
  }

  #begin(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#write().finally(() => {
      this.#writing = undefined;
      if (this.#pending.length > 0) this.#plan();
    });
    return this.#writing;
  }

  #plan(): void {
    this.#timer ??= setTimeout(
      () => this.#begin(),
      this.#diskProblem === undefined ? GATHER : this.#pauseMs,
    ).unref();
  }

  async #write(): Promise<void> {
    const texts = this.#pending.splice(0);
    const dropped = this.#dropped;
    this.#waiting = this.#dropped = 0;
    const before =
      dropped > 0 ? `# ${dropped} lines are not here: ${this.#diskProblem ?? 'the disk was slow'}\n` : '';
    try {
      await this.#append(`${this.#torn ? '\n' : ''}${before}${texts.join('')}`);
      this.#torn = false;
      if (this.#diskProblem !== undefined) this.#troubled((this.#diskProblem = undefined));
    } catch (error) {
      this.#torn = true;
      this.#dropped += dropped + texts.length;
      const { code, message } = error as NodeJS.ErrnoException;
      const isNew = this.#diskProblem === undefined;
      this.#diskProblem = `the disk could not be written (${code ?? message})`;
      if (isNew) this.#troubled(this.#diskProblem);
    }
  }

  async #append(text: string): Promise<void> {
    this.#written ??= await stat(this.#file).then(
      ({ size }) => size,
      () => 0,
    );
    const bytes = Buffer.byteLength(text);
    if (this.#written > 0 && this.#written + bytes > this.#size) await this.#moveOn();
    const options = { mode: 0o600 };
    await appendFile(this.#file, text, options).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
      await appendFile(this.#file, text, options);
    });
    this.#written += bytes;
  }

  /** The oldest makes room. */
  async #moveOn(): Promise<void> {
    for (let nth = this.#files - 2; nth >= 0; nth--)
      await rename(this.#nth(nth), this.#nth(nth + 1)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    this.#written = 0;
  }

  #nth(nth: number): string {
    return nth === 0 ? this.#file : `${this.#file}.${nth}`;
  }
}

/** @returns undefined: it is no complete line of this log */
function parsed(text: string): LogLine | undefined {
  const [, n, time = '', line = ''] = /^(\d+) (\d{4}-\S+Z) (.+)$/.exec(text) ?? [];
  return n === undefined ? undefined : { n: Number(n), atEpochMs: Date.parse(time), line };
}

async function* textsOf(file: string): AsyncGenerator<string> {
  const stream = createReadStream(file);
  try {
    yield* createInterface({ input: stream, crlfDelay: Infinity });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  } finally {
    stream.destroy();
  }
}

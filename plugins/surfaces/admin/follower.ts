import type { LogLine, ProcessLog } from '../../../core/contracts/index.ts';
import type { ServerResponse } from 'node:http';
import { holds } from '../../../kits/process-kit/index.ts';
import { describeLine } from './describe-line.ts';

/** ms between two heartbeats */
const PING = 15_000;
/** bytes buffered for a connection; a slower follower misses lines */
const ROOM = 262_144;

/** The response head of a follower. */
export const FOLLOWED = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
};

/**
 * A follower of a program's log by server-sent events. Nothing is kept for it: it reads on from its position as its
 * connection takes more, and is told how many lines it has missed where they are no longer in memory.
 */
export class Follower {
  readonly #response: ServerResponse;
  readonly #log: ProcessLog;
  readonly #search: string;
  /** the number of the last line read */
  #at = 0;
  #isLive = false;
  #isGone = false;
  readonly #forget: () => void;
  readonly #pinging: NodeJS.Timeout;

  /** @param search only lines that contain this text */
  constructor(response: ServerResponse, log: ProcessLog, search: string) {
    this.#response = response;
    this.#log = log;
    this.#search = search;
    this.#forget = log.follow(() => this.#goOn());
    this.#pinging = setInterval(() => this.#isFull || response.write(': ping\n\n'), PING).unref();
    response.on('drain', () => this.#goOn());
    response.on('error', () => this.#left());
    response.once('close', () => this.#left());
    response.writeHead(200, FOLLOWED);
    response.flushHeaders();
  }

  /**
   * @param lines how many of the last lines to begin with, where `after` is not given
   * @param after the number of the last line it has seen; '': none
   */
  async begin(lines: number, after: string): Promise<void> {
    try {
      const { count } = this.#log.output;
      const seen = after === '' ? NaN : Number(after);
      const resumes = Number.isInteger(seen) && seen >= 0 && seen <= count;
      this.#at = resumes ? seen : count;
      const first = resumes ? this.#log.after(seen) : await this.#log.last(lines, this.#search);
      for await (const line of first) {
        if (this.#isGone) return;
        if (resumes) this.#noteGap(line);
        this.#at = Math.max(this.#at, line.n);
        this.#tell(line);
        if (this.#isFull) await this.#emptied();
      }
      this.#isLive = true;
      this.#goOn();
    } catch {
      // Its file could not be read: the follower reconnects.
      this.#response.destroy();
    }
  }

  end(): void {
    const waits = this.#isFull;
    this.#left();
    if (waits) this.#response.destroy();
    else this.#response.end();
  }

  #goOn(): void {
    if (!this.#isLive || this.#isFull || this.#isGone) return;
    for (const line of this.#log.output.after(this.#at)) {
      this.#noteGap(line);
      this.#at = line.n;
      this.#tell(line);
      if (this.#isFull) return;
    }
  }

  #noteGap({ n }: LogLine): void {
    const missed = n - this.#at - 1;
    if (missed > 0) this.#response.write(`event: gap\ndata: {"missed":${missed}}\n\n`);
  }

  #tell(line: LogLine): void {
    if (!holds(line, this.#search)) return;
    this.#response.write(`event: line\nid: ${line.n}\ndata: ${JSON.stringify(describeLine(line))}\n\n`);
  }

  get #isFull(): boolean {
    return this.#response.writableLength > ROOM;
  }

  #emptied(): Promise<void> {
    return new Promise((resolve) => {
      const over = (): void => {
        this.#response.off('drain', over).off('close', over);
        resolve();
      };
      this.#response.on('drain', over).on('close', over);
    });
  }

  #left(): void {
    this.#isGone = true;
    this.#forget();
    clearInterval(this.#pinging);
  }
}

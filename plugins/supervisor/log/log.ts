import type { LogLine } from '../../../core/contracts/index.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { LogFiles } from './log-files.ts';
import { holds, Output } from '../../../kits/process-kit/index.ts';
import type { SupervisorDeps } from '../dependencies.ts';

/** ms to wait for a slow disk: before a read, and at the end */
const PATIENCE = 1_000;
const LAST = 5_000;

export function openLog({ provider, logFile, log, date }: Omit<SupervisorDeps, 'later' | 'crashed'>): Log {
  const to = { provider: provider.name };
  const files = new LogFiles(logFile, (problem) =>
    log.warn(to, problem ? `lines of its log are lost: ${problem}` : 'its log is written again'),
  );
  return new Log(files, (line) => log.debug(to, line), date);
}

/** The output of a program: the last lines in memory, earlier ones on disk. */
export class Log {
  readonly output: Output;
  readonly #files: LogFiles;
  readonly #followers = new Set<() => void>();

  /** @param told called with each line as it comes */
  constructor(files: LogFiles, told: (line: string) => void, date: () => number) {
    this.#files = files;
    const written = (line: string, kept: LogLine): void => {
      told(line);
      files.write(kept);
      for (const follower of this.#followers) follower();
    };
    this.output = new Output(written, files.last, date);
  }

  /** The last `count` lines, only those with a text in them where one is given; oldest first. */
  async last(count: number, text = ''): Promise<LogLine[]> {
    const { kept } = this.output;
    const complete = kept.length >= count || kept[0]?.n === 1;
    if (text === '' && complete) return kept.slice(-count);
    const found: LogLine[] = [];
    for await (const line of this.after(0)) {
      if (!holds(line, text)) continue;
      found.push(line);
      if (found.length > count) found.shift();
    }
    return found;
  }

  /** The kept lines after one, oldest first. */
  async *after(n: number): AsyncGenerator<LogLine> {
    const [first] = this.output.kept;
    if (first === undefined || first.n > n + 1) {
      await this.#within(PATIENCE, this.#files.flush());
      const from = this.output.kept[0]?.n ?? Infinity;
      const latest = this.output.kept.slice();
      for await (const line of this.#files.lines()) if (line.n > n && line.n < from) yield line;
      return yield* latest.filter((line) => line.n > n);
    }
    yield* this.output.after(n);
  }

  /** Calls back when there are new lines. @returns ends it */
  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  /** Writes to the disk what waits for it. */
  flush(): Promise<void> {
    return this.#within(LAST, this.#files.flush());
  }

  close(): Promise<void> {
    return this.#within(LAST, this.#files.close());
  }

  async #within(ms: number, done: Promise<void>): Promise<void> {
    const late = new AbortController();
    const { signal } = late;
    const enough = sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
    await Promise.race([done, enough]);
    late.abort();
  }
}

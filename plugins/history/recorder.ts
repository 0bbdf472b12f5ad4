import type { FastifyBaseLogger } from 'fastify';
import type { Trace } from '../../core/contracts/index.ts';
import type { Minutes } from './minutes.ts';
import { OpenRow } from './open-row.ts';
import type { Batch, RequestsRow, StateRow } from './rows.ts';
import type { StoreThread } from '../../kits/store-kit/store-thread.ts';
import type { HistoryTables } from './history-tables.ts';

/** ms until new records are written unless a query comes first, and until a failed write is retried */
const SOON = 1_000;
const AGAIN = 2_000;
/** ms between two checks whether the minute is over */
const CHECK_EVERY = 10_000;
/** ms that minutes in which only time has passed wait for something to be written with them, so that the thread can rest */
const UNEVENTFUL = 5 * 60_000;
/** Requests per row, rows that are written at once, and most requests that wait; further ones are lost. */
const BATCH = 500;
const TOGETHER = 8;
const WAITING = 20_000;
const STATES = 1_000;

/** Whether history is kept. */
export interface HistoryState {
  readonly ok: boolean;
  /** why not */
  readonly reason: string | null;
  /** requests and state changes lost since the gateway started */
  readonly lost: number;
}

interface Parts {
  readonly writer: Pick<StoreThread<HistoryTables>, 'ask'>;
  readonly minutes: Minutes;
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'info'>;
  readonly date: () => number;
}

/**
 * Collects records and writes them in batches, one batch at a time. A failed batch is kept and retried within bounds: a
 * full disk costs history, and nothing else.
 */
export class Recorder {
  readonly #parts: Parts;
  #checking: NodeJS.Timeout | undefined;
  #open = new OpenRow();
  /** to be written, the oldest first */
  readonly #rows: RequestsRow[] = [];
  /** requests in these */
  #closed = 0;
  #states: StateRow[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #lost = 0;
  #reason: string | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** From now on each minute is written when it is over. */
  begin(): void {
    this.#checking = setInterval(() => this.#isDue() && void this.flush(), CHECK_EVERY).unref();
  }

  get standing(): HistoryState {
    return { ok: this.#reason === undefined, reason: this.#reason ?? null, lost: this.#lost };
  }

  /** An ended request. */
  request(trace: Trace): void {
    if (this.#open.count + this.#closed >= WAITING) return void this.#lost++;
    this.#open.add(trace);
    if (this.#open.count === 1) this.#later(this.#reason === undefined ? SOON : AGAIN);
    else if (this.#open.count === BATCH) setImmediate(() => this.#isFull());
  }

  state(change: StateRow): void {
    if (this.#states.length >= STATES) return void this.#lost++;
    this.#states.push(change);
    this.#later(SOON);
  }

  /** Settles when everything recorded so far is written, or cannot be. */
  async settle(): Promise<void> {
    await this.#writing;
    this.#close();
    for (let waiting = this.#rows.length + this.#states.length; waiting > 0; waiting--) {
      if (this.#rows.length + this.#states.length > 0) await this.flush();
    }
  }

  /** Writes one batch; settles when it is written, or cannot be. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
    return this.#writing;
  }

  /** Writes what is left, including the current minute. */
  async close(): Promise<void> {
    await this.#writing;
    this.#parts.minutes.end();
    await this.flush();
    await this.settle();
    clearTimeout(this.#timer);
    clearInterval(this.#checking);
  }

  async #write(): Promise<void> {
    const { writer, minutes, date } = this.#parts;
    this.#close();
    const requests = this.#rows.slice(0, TOGETHER);
    const states = [...this.#states];
    const over = minutes.over(date());
    if (requests.length === 0 && states.length === 0 && over.minutes.length === 0 && over.uptime.length === 0)
      return;
    const batch: Batch = { requests, states, ...over };
    try {
      await writer.ask('write', batch);
      this.#rows.splice(0, requests.length);
      for (const { count } of requests) this.#closed -= count;
      this.#states = this.#states.slice(states.length);
      minutes.written(over);
      this.#goesOn();
      if (this.#rows.length > 0) this.#later(0);
    } catch (error) {
      this.#pauses((error as Error).message);
      this.#later(AGAIN);
    }
  }

  #isDue(): boolean {
    const now = this.#parts.date();
    const { minutes, uptime } = this.#parts.minutes.over(now);
    return minutes.length > 0 || uptime.some(({ at }) => now - at >= UNEVENTFUL || at > now);
  }

  #isFull(): void {
    this.#close();
    if (this.#rows.length >= TOGETHER && this.#reason === undefined) void this.flush();
  }

  #close(): void {
    if (this.#open.count === 0) return;
    const row = this.#open.closed();
    this.#open = new OpenRow();
    this.#rows.push(row);
    this.#closed += row.count;
  }

  #later(ms: number): void {
    this.#timer ??= setTimeout(() => void this.flush(), ms).unref();
  }

  #pauses(reason: string): void {
    if (this.#reason === undefined)
      this.#parts.log.warn(
        `history cannot be written and pauses, requests go on: ${reason}${remedy(reason)}`,
      );
    this.#reason = reason;
  }

  #goesOn(): void {
    if (this.#reason === undefined) return;
    this.#reason = undefined;
    this.#parts.log.info(`history is written again; ${this.#lost} requests and changes were lost`);
  }
}

/** The reason comes from SQLite or from the file system, by way of a thread: it is a text. */
function remedy(reason: string): string {
  return /EACCES|EISDIR|ENOTDIR|EPERM|EROFS|readonly database|unable to open/.test(reason)
    ? "; give the gateway's user write access there, or name another folder with `home` in the config"
    : '';
}

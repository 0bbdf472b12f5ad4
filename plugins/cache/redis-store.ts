import type { FastifyBaseLogger } from 'fastify';
import { GatewayError } from '../../core/errors.ts';
import { BulkConnection } from '../../kits/shared-kit/bulk-connection.ts';
import type { Redis } from '../../kits/shared-kit/index.ts';
import { sizeOf, type Entry, type EntryStore, type StoreStanding } from './entry.ts';
import { CLEAR, GET, SET, STANDING } from './redis-scripts.ts';

/** most bytes on their way to Redis; further answers are not kept */
const MOST_WAITING = 16 * 1024 * 1024;

interface Settings {
  readonly size: number;
  readonly ttlMs: number;
}

/** Answers in Redis, which all gateways have together. While it is lost or slow, requests go on without them. */
export class RedisStore implements EntryStore {
  readonly #redis: Redis;
  readonly #settings: Settings;
  readonly #log: Pick<FastifyBaseLogger, 'warn' | 'info'>;
  #connection: BulkConnection | undefined;
  #waiting = 0;
  #hasWarned = false;
  #last = { entries: 0, bytes: 0 };

  constructor(redis: Redis, settings: Settings, log: Pick<FastifyBaseLogger, 'warn' | 'info'>) {
    this.#redis = redis;
    this.#settings = settings;
    this.#log = log;
  }

  open(): void {
    this.#connection = new BulkConnection(this.#redis);
  }

  /** An answer is as old as Redis's clock says: those of gateways may differ. */
  async get(key: string, nowEpochMs: number): Promise<Entry | undefined> {
    try {
      const found = (await this.#run(GET, [key])) as readonly [Buffer, Buffer, Buffer] | null;
      if (!found) return undefined;
      const [age, head, body] = found;
      const ageMs = Number(age.toString());
      if (ageMs >= this.#settings.ttlMs) return undefined;
      const rest = JSON.parse(head.toString()) as Omit<Entry, 'atEpochMs' | 'body'>;
      return { ...rest, atEpochMs: nowEpochMs - ageMs, body };
    } catch {
      // `problem` reports that.
      return undefined;
    }
  }

  set(key: string, entry: Entry): void {
    const { body, atEpochMs: _, ...head } = entry;
    const { size: most, ttlMs } = this.#settings;
    const size = sizeOf(entry);
    if (size > most || this.#waiting + size > MOST_WAITING) return;
    this.#waiting += size;
    this.#run(SET, [key, ttlMs, size, most, JSON.stringify(head), body])
      .catch(() => undefined)
      .finally(() => (this.#waiting -= size));
  }

  /** @throws GatewayError `store_unavailable` */
  async clear(): Promise<number> {
    try {
      for (let removed = 0; ;) {
        const some = (await this.#run(CLEAR, [])) as number;
        if (some === 0) return removed;
        removed += some;
      }
    } catch (error) {
      throw new GatewayError(
        'store_unavailable',
        `kept answers are not removed, or not all of them: Redis cannot be asked (${(error as Error).message})`,
      );
    }
  }

  /** While Redis is unreachable, its last known state. */
  async standing(): Promise<StoreStanding> {
    try {
      const [entries, bytes] = (await this.#run(STANDING, [this.#settings.ttlMs])) as [number, number];
      this.#last = { entries, bytes };
      return { ...this.#last, problem: null };
    } catch (error) {
      return { ...this.#last, problem: `Redis cannot be asked (${(error as Error).message})` };
    }
  }

  close(): void {
    this.#connection?.close();
  }

  async #run(...asked: Parameters<BulkConnection['run']>): Promise<unknown> {
    try {
      if (!this.#connection) throw new Error('the gateway has not started yet');
      const answer = await this.#connection.run(...asked);
      if (this.#hasWarned) this.#log.info('cache: Redis answers again: answers are kept, and sent again');
      this.#hasWarned = false;
      return answer;
    } catch (error) {
      if (!this.#hasWarned)
        this.#log.warn(
          `cache: Redis cannot be asked (${(error as Error).message}): requests go on without kept answers until it is back`,
        );
      this.#hasWarned = true;
      throw error;
    }
  }
}

import type { PartTables } from '../../kits/store-kit/part-tables.ts';
import { isOfData, plain } from '../../kits/store-kit/plain-text.ts';
import { NOW_MS } from '../../kits/store-kit/postgres.ts';
import type { Waiting } from '../../kits/store-kit/shared-store.ts';
import { fillIds } from './fill-ids.ts';
import { digestsIn } from './row-ids.ts';
import type { UnsentRow } from './spool.ts';
import type { Store } from './store.ts';

const ADD = `INSERT INTO switchyard_requests (last, first, node, since, until, count, bytes, data, ids)
  SELECT last, first, $2, since, until, count, octet_length(data), data, ids FROM json_to_recordset($1::text::json)
  AS rows (last TEXT, first TEXT, since BIGINT, until BIGINT, count BIGINT, data TEXT, ids BIGINT[]) ON CONFLICT DO NOTHING`;
/** ms between two removals of old rows, by one gateway at a time */
const PRUNE_EVERY_MS = 10 * 60_000;
const LOCK = 'SELECT pg_try_advisory_xact_lock(7998004) AS got';

const REMOVE_OLDEST = `DELETE FROM switchyard_requests WHERE until <= (
  SELECT max(until) FROM (
    SELECT until, sum(bytes) OVER (ORDER BY until DESC, last DESC ROWS UNBOUNDED PRECEDING) AS total
    FROM switchyard_requests
  ) AS sorted WHERE total > $1)`;

interface Parts {
  readonly tables: PartTables;
  readonly node: string;
  readonly keepMs: number;
  /** bytes of all gateways */
  readonly size: number;
  readonly own: Store;
  readonly say: (text: string) => void;
  readonly tell: (waiting: Waiting) => void;
}

/** Sends requests that wait in the file to PostgreSQL. A row may be sent any number of times, because of its id. */
export class RequestsSender {
  readonly #parts: Parts;
  #lost = 0;
  #prunedEpochMs = 0;
  /** An older gateway beside this one may write further rows without ids, which are found at the next removal. */
  #mayFill = true;
  #isClosing = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Counts requests that were dropped from the full file before they were sent. */
  lost(count: number): void {
    this.#lost += count;
  }

  /** @throws where PostgreSQL cannot be asked */
  async sendAll(): Promise<void> {
    const { own, tell } = this.#parts;
    try {
      do {
        for (let rows = this.#next(); rows.length > 0; rows = this.#next()) {
          await this.#write(rows);
          await this.#prune();
        }
      } while (await this.#fill());
    } finally {
      tell({ bytes: own.spool((spool) => spool.bytes), lost: this.#lost });
    }
  }

  /** Waiting rows are still sent, and nothing else is done. */
  close(): void {
    this.#isClosing = true;
  }

  /** @returns whether there is more to fill */
  async #fill(): Promise<boolean> {
    if (!this.#mayFill || this.#isClosing) return false;
    this.#mayFill = await fillIds(await this.#parts.tables.open());
    return this.#mayFill;
  }

  #next(): UnsentRow[] {
    return this.#parts.own.spool((spool) => spool.rows());
  }

  /** A row that PostgreSQL refuses stays here alone. */
  async #write(rows: readonly UnsentRow[]): Promise<void> {
    const { own, tables, node, say } = this.#parts;
    const postgres = await tables.open();
    try {
      await postgres.query(ADD, [JSON.stringify(rows.map(withIds)), plain(node)]);
      own.spool((spool) => spool.sent(rows));
    } catch (error) {
      if (!isOfData(error)) throw error;
      if (rows.length > 1) {
        for (const row of rows) await this.#write([row]);
        return;
      }
      own.spool((spool) => spool.refused(rows));
      this.#lost += rows[0]?.count ?? 0;
      say(`PostgreSQL refuses requests, which only this gateway lists: ${(error as Error).message}`);
    }
  }

  async #prune(): Promise<void> {
    const { tables, keepMs, size } = this.#parts;
    const now = Date.now();
    if (now - this.#prunedEpochMs < PRUNE_EVERY_MS) return;
    const postgres = await tables.open();
    await postgres.within(async (ask) => {
      const [lock] = await ask<{ got: boolean }>(LOCK);
      if (!lock?.got) return;
      await ask(`DELETE FROM switchyard_requests WHERE until < ${NOW_MS} - $1::bigint`, [keepMs]);
      const [all] = await ask<{ bytes: number }>(
        'SELECT coalesce(sum(bytes), 0) AS bytes FROM switchyard_requests',
      );
      if (all && all.bytes > size) await ask(REMOVE_OLDEST, [size]);
    });
    this.#prunedEpochMs = now;
    this.#mayFill = true;
  }
}

const withIds = (row: UnsentRow): object => ({ ...row, ids: digestsIn(row.data) });

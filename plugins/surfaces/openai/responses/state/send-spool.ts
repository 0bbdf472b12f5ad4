import type { PartTables } from '../../../../../kits/store-kit/part-tables.ts';
import { isOfData, plain } from '../../../../../kits/store-kit/plain-text.ts';
import type { Waiting } from '../../../../../kits/store-kit/shared-store.ts';
import { pruneTables } from './prune-tables.ts';
import type { StateSettings } from './rows.ts';
import type { SpoolTable, Unsent } from './spool.ts';
import type { StateStore } from './store.ts';

/** The bounds are checked after this share of new rows, or after this many ms. */
const UNSEEN = 1 / 64;
const PRUNE_EVERY_MS = 60_000;

const ADD: Readonly<Record<SpoolTable, string>> = {
  responses: `INSERT INTO switchyard_responses (id, owner, at, bytes, response, input)
    SELECT id, owner, at, bytes, response, input FROM json_to_recordset($1::text::json)
    AS rows (id TEXT, owner TEXT, at BIGINT, bytes BIGINT, response TEXT, input TEXT)
    ON CONFLICT (id) DO NOTHING RETURNING id`,
  makers: `INSERT INTO switchyard_makers AS known (id, owner, provider, at)
    SELECT id, owner, provider, at FROM json_to_recordset($1::text::json)
    AS rows (id TEXT, owner TEXT, provider TEXT, at BIGINT)
    ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, provider = excluded.provider, at = excluded.at
    WHERE excluded.at >= known.at RETURNING id`,
};

type Row = Unsent<{ readonly id: string; readonly at: number; readonly bytes?: number }>;

interface Parts {
  readonly tables: PartTables;
  readonly settings: StateSettings;
  readonly own: StateStore;
  readonly say: (text: string) => void;
  readonly tell: (waiting: Waiting) => void;
}

/** Sends rows that wait in the file to PostgreSQL. A row may be sent any number of times, because of its id. */
export class SpoolSender {
  readonly #parts: Parts;
  /** Rows that others removed during a disconnect were removed here, too. */
  #isCompared = false;
  #lost = 0;
  #unseen = { count: 0, bytes: 0, sinceEpochMs: 0 };

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Counts rows that were dropped from the full file before they were sent. */
  lost(count: number): void {
    this.#lost += count;
  }

  /** Notifications were missed. */
  compareAgain(): void {
    this.#isCompared = false;
  }

  /** @throws where PostgreSQL cannot be asked */
  async sendAll(): Promise<void> {
    const { own, tell } = this.#parts;
    try {
      if (!this.#isCompared) await this.#compare();
      for (;;) {
        const [makers, responses] = own.spool((spool) => [spool.makers(), spool.responses()]);
        if (makers.length + responses.length === 0) return;
        await this.#write('makers', makers);
        await this.#write('responses', responses);
        await this.#prune([...makers, ...responses]);
      }
    } finally {
      tell({ bytes: own.spool(({ waiting }) => waiting.bytes), lost: this.#lost });
    }
  }

  async #compare(): Promise<void> {
    const { own, tables } = this.#parts;
    const postgres = await tables.open();
    const gone = await postgres.query<{ id: string }>(
      `SELECT id FROM json_array_elements_text($1::text::json) AS sent(id)
       WHERE NOT EXISTS (SELECT 1 FROM switchyard_responses AS kept WHERE kept.id = sent.id AND bytes > 0)`,
      [JSON.stringify(own.spool(({ sentIds }) => sentIds))],
    );
    own.forget(gone.map(({ id }) => id));
    this.#isCompared = true;
  }

  /** A row that PostgreSQL refuses stays here alone. */
  async #write(table: SpoolTable, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const { own, tables, say } = this.#parts;
    const postgres = await tables.open();
    try {
      const added = await postgres.query(ADD[table], [JSON.stringify(rows.map(plainRow))]);
      own.spool((spool) => spool.sent(table, rows));
      // It was there before, and may have been removed meanwhile.
      if (table === 'responses' && added.length < rows.length) await this.#compare();
    } catch (error) {
      if (!isOfData(error)) throw error;
      if (rows.length > 1) return void (await this.#writeEach(table, rows));
      own.spool((spool) => spool.refused(table, rows));
      this.#lost += 1;
      say(
        `PostgreSQL refuses the response '${rows[0]?.id}', which only this gateway knows: ${(error as Error).message}`,
      );
    }
  }

  async #writeEach(table: SpoolTable, rows: readonly Row[]): Promise<void> {
    for (const row of rows) await this.#write(table, [row]);
  }

  async #prune(rows: readonly Row[]): Promise<void> {
    const { settings, tables } = this.#parts;
    const unseen = this.#unseen;
    unseen.count += rows.length;
    for (const { bytes = 0 } of rows) unseen.bytes += bytes;
    const now = Date.now();
    const isDue = now - unseen.sinceEpochMs >= PRUNE_EVERY_MS;
    if (!isDue && unseen.count < settings.count * UNSEEN && unseen.bytes < settings.size * UNSEEN) return;
    const latest = rows.reduce((last, { at }) => Math.max(last, at), 0);
    await pruneTables(await tables.open(), settings, latest);
    this.#unseen = { count: 0, bytes: 0, sinceEpochMs: now };
  }
}

const plainRow = (row: Row): object =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'string' ? plain(value) : value]),
  );

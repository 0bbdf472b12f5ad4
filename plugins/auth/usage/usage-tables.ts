import { hash } from 'node:crypto';
import type { Step } from '../../../kits/store-kit/migrate.ts';
import { Outbox, type Batch } from '../../../kits/store-kit/outbox.ts';
import { PartTables } from '../../../kits/store-kit/part-tables.ts';
import { isOfData, plain } from '../../../kits/store-kit/plain-text.ts';
import { NOW_MS, type PostgresSettings } from '../../../kits/store-kit/postgres.ts';
import { Sending } from '../../../kits/store-kit/sending.ts';
import type { Waiting } from '../../../kits/store-kit/shared-store.ts';
import type { CounterBatch } from '../limits/counter-batch.ts';
import type { SavedCounter } from '../limits/counter.ts';
import type { Price } from '../prices/price.ts';
import { AMOUNTS, OTHER, type Group, type UsageLine, type UsageQuery, type UsageRow } from './usage-row.ts';
import { KEEP_MS, MOST_LINES, type UsageStore } from './usage-store.ts';

const TEXTS = ['key', 'owner', 'labels', 'model', 'provider'] as const;
const quoted = (name: string): string => `"${name}"`;

/** `what` is a digest of the texts: callers choose the names of models, which may be too long for an index. */
export const STEPS: readonly Step[] = [
  {
    up: `CREATE TABLE switchyard_usage (
        at BIGINT NOT NULL, what TEXT NOT NULL,
        key TEXT NOT NULL, owner TEXT, labels TEXT NOT NULL, model TEXT NOT NULL, provider TEXT,
        ${AMOUNTS.map((name) => `${quoted(name)} BIGINT NOT NULL DEFAULT 0`).join(', ')},
        PRIMARY KEY (at, what)
      );
      CREATE TABLE switchyard_usage_batches (id TEXT PRIMARY KEY, at BIGINT NOT NULL);
      CREATE INDEX switchyard_usage_batches_by_age ON switchyard_usage_batches (at);`,
    down: 'DROP TABLE switchyard_usage, switchyard_usage_batches;',
  },
];

/** ms that the ids of batches are known: a gateway may be cut off for as long */
const KEEP_IDS_MS = 90 * 86_400_000;
/** rows that are sent at once, and rows that wait at most: further models are counted together */
const TOGETHER = 2_000;
const MOST_WAITING = 100_000;

const timeOf = (format: string): string => `to_char(to_timestamp(at / 1000) AT TIME ZONE 'UTC', '${format}')`;
const COLUMNS: Readonly<Record<Group, string>> = {
  key: 'key',
  owner: 'owner',
  label: 'label.value',
  model: 'model',
  provider: 'provider',
  hour: timeOf('YYYY-MM-DD"T"HH24:00:00"Z"'),
  day: timeOf('YYYY-MM-DD'),
  month: timeOf('YYYY-MM'),
};
const LABELS = `json_array_elements_text((CASE labels WHEN '[]' THEN '[null]' ELSE labels END)::json) AS label(value)`;

interface Given {
  readonly postgres: PostgresSettings;
  /** what waits for PostgreSQL */
  readonly waitingFile: string;
}

/**
 * Usage that gateways share in PostgreSQL, one row for each hour, key, model and provider. It is in a file first, and leaves
 * it when PostgreSQL has it: each batch has an id there, so it counts once however often it is sent.
 */
export class UsageTables {
  readonly #given: Given;
  readonly #own: UsageStore;
  readonly #tell: (waiting: Waiting) => void;
  readonly #outbox: Outbox<UsageRow>;
  readonly #tables: PartTables;
  readonly #sending = new Sending(() => this.#sendAll());
  readonly #say: (text: string) => void;
  #lost = 0;

  /** @param own of this gateway alone: counters, and prices */
  constructor(given: Given, own: UsageStore, say: (text: string) => void, tell: (waiting: Waiting) => void) {
    this.#given = given;
    this.#own = own;
    this.#say = say;
    this.#tell = tell;
    this.#outbox = new Outbox(given.waitingFile, say, { most: TOGETHER, merged });
    this.#tables = new PartTables(given.postgres, 'usage', STEPS, say);
    this.#sending.soon();
  }

  /** It is on disk then. */
  add(rows: readonly UsageRow[]): void {
    this.#outbox.add(rows.map(whole));
    this.#tellWaiting();
    this.#sending.soon();
  }

  /** What has come until now is in it. @throws where PostgreSQL cannot be asked */
  async lines({ by, sinceEpochMs, untilEpochMs, only }: UsageQuery): Promise<UsageLine[]> {
    await this.#sending.now();
    const groups = by.map((name) => `${COLUMNS[name]} AS ${quoted(name)}`);
    const sums = AMOUNTS.map((name) => `coalesce(sum(${quoted(name)}), 0) AS ${quoted(name)}`);
    const filters = Object.keys(only).map((name, at) =>
      name === 'label'
        ? `EXISTS (SELECT 1 FROM json_array_elements_text(labels::json) AS one(value) WHERE one.value = $${at + 3})`
        : `${name} = $${at + 3}`,
    );
    const order = by.map((_, at) => `${COLUMNS[by[at] as Group]} COLLATE "C" NULLS FIRST`);
    const text = `SELECT ${[...groups, ...sums].join(', ')}
      FROM switchyard_usage${by.includes('label') ? `, ${LABELS}` : ''}
      WHERE ${['at >= $1', 'at < $2', ...filters].join(' AND ')}
      ${by.length > 0 ? `GROUP BY ${by.map((_, at) => at + 1).join(', ')} ORDER BY ${order.join(', ')}` : ''}
      LIMIT ${MOST_LINES}`;
    const postgres = await this.#tables.open();
    return [
      ...(await postgres.query<UsageLine>(text, [
        sinceEpochMs,
        untilEpochMs,
        ...Object.values(only).map(plain),
      ])),
    ];
  }

  /** Removes old rows and ids, by one gateway for all. */
  async clean(): Promise<void> {
    const postgres = await this.#tables.open();
    await postgres.query(`DELETE FROM switchyard_usage WHERE at < ${NOW_MS} - ${KEEP_MS}`);
    await postgres.query(`DELETE FROM switchyard_usage_batches WHERE at < ${NOW_MS} - ${KEEP_IDS_MS}`);
  }

  counters(nowEpochMs: number): SavedCounter[] {
    return this.#own.counters(nowEpochMs);
  }

  saveCounters(batch: CounterBatch, nowEpochMs: number): void {
    this.#own.saveCounters(batch, nowEpochMs);
  }

  price(origin: string, model: string, atEpochMs: number): Promise<Price | undefined> {
    return this.#own.price(origin, model, atEpochMs);
  }

  async close(): Promise<void> {
    await this.#sending.close();
    this.#outbox.close();
    this.#own.close();
    await this.#tables.close();
  }

  async #sendAll(): Promise<void> {
    try {
      for (let batch = this.#outbox.next(); batch; batch = this.#outbox.next()) {
        await this.#write(batch);
      }
    } finally {
      this.#tellWaiting();
    }
  }

  async #write(batch: Batch<UsageRow>): Promise<void> {
    try {
      await this.#insert(batch);
      this.#outbox.remove(batch.id);
    } catch (error) {
      if (!isOfData(error)) throw error;
      this.#lost += batch.rows.length;
      this.#outbox.setAside(batch.id);
      this.#say(
        `PostgreSQL refuses ${batch.rows.length} rows of usage, which stay in ${this.#given.waitingFile}: ${(error as Error).message}`,
      );
    }
  }

  async #insert({ id, rows }: Batch<UsageRow>): Promise<void> {
    const postgres = await this.#tables.open();
    await postgres.within(async (ask) => {
      const isNew = await ask(
        `INSERT INTO switchyard_usage_batches (id, at) VALUES ($1, ${NOW_MS}) ON CONFLICT DO NOTHING RETURNING id`,
        [id],
      );
      if (isNew.length > 0) await ask(ADD, [JSON.stringify(rows.map(storedOf).toSorted(byWhat))]);
    });
  }

  #tellWaiting(): void {
    this.#tell({ bytes: this.#outbox.bytes, lost: this.#lost });
  }
}

const NAMES = ['at', 'what', ...TEXTS, ...AMOUNTS].map(quoted);
const TYPES = ['at BIGINT', 'what TEXT', ...TEXTS.map((name) => `${name} TEXT`)];
const ADD = `INSERT INTO switchyard_usage (${NAMES.join(', ')}) SELECT ${NAMES.join(', ')}
  FROM json_to_recordset($1::text::json) AS rows (${[...TYPES, ...AMOUNTS.map((name) => `${quoted(name)} BIGINT`)].join(', ')})
  ON CONFLICT (at, what) DO UPDATE SET
  ${AMOUNTS.map((name) => `${quoted(name)} = switchyard_usage.${quoted(name)} + excluded.${quoted(name)}`).join(', ')}`;

const whole = ({ key, owner, labels, model, provider, ...row }: UsageRow): UsageRow => ({
  ...row,
  key: plain(key),
  owner: plain(owner),
  labels: labels.map(plain),
  model: plain(model),
  provider: plain(provider),
});

function storedOf({ atEpochMs, labels, ...row }: UsageRow) {
  const { key, owner, model, provider } = row;
  const texts = { key, owner, labels: JSON.stringify(labels), model, provider };
  return { ...row, ...texts, at: atEpochMs, what: hash('sha256', JSON.stringify(Object.values(texts))) };
}

/** In the same order everywhere, so that no two gateways wait for each other. */
const byWhat = (one: { what: string; at: number }, other: { what: string; at: number }): number =>
  one.at - other.at || (one.what < other.what ? -1 : 1);

/** Rows of the same hour, key, model and provider are one. */
function merged(waiting: readonly UsageRow[], rows: readonly UsageRow[]): readonly UsageRow[] {
  const nameOf = ({ atEpochMs, key, owner, labels, model, provider }: UsageRow): string =>
    JSON.stringify([atEpochMs, key, owner, labels, model, provider]);
  const all = new Map(waiting.map((row) => [nameOf(row), row]));
  for (const given of rows) {
    const row = all.size < MOST_WAITING || all.has(nameOf(given)) ? given : { ...given, model: OTHER };
    const before = all.get(nameOf(row));
    const sums = AMOUNTS.map((name) => [name, row[name] + (before?.[name] ?? 0)]);
    all.set(nameOf(row), { ...row, ...Object.fromEntries(sums) } as UsageRow);
  }
  return [...all.values()];
}

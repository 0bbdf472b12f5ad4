import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openOrSetAside } from '../../../kits/store-kit/open-database.ts';
import type { PostgresSettings } from '../../../kits/store-kit/postgres.ts';
import { unpacked, type CounterBatch } from '../limits/counter-batch.ts';
import type { SavedCounter } from '../limits/counter.ts';
import type { Price } from '../prices/price.ts';
import { publishedPrice } from '../prices/published.ts';
import { AMOUNTS, HOUR_MS, type Group, type UsageLine, type UsageQuery, type UsageRow } from './usage-row.ts';

const MIGRATIONS: readonly string[] = [
  `CREATE TABLE usage (
     at INTEGER NOT NULL, key TEXT NOT NULL, owner TEXT, labels TEXT NOT NULL, model TEXT NOT NULL, provider TEXT,
     requests INTEGER NOT NULL, failed INTEGER NOT NULL, unknown INTEGER NOT NULL, prompt INTEGER NOT NULL,
     completion INTEGER NOT NULL, estimatedPrompt INTEGER NOT NULL, estimatedCompletion INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX usage_by_time ON usage (at, key);`,
  ['cached', 'cacheWritten', 'cost', 'estimatedCost', 'unpriced']
    .map((name) => `ALTER TABLE usage ADD COLUMN ${name} INTEGER NOT NULL DEFAULT 0;`)
    .join('\n'),
  'CREATE TABLE counters (name TEXT PRIMARY KEY, began INTEGER NOT NULL, ends INTEGER, used INTEGER NOT NULL) STRICT;',
  ['kept', 'savedPrompt', 'savedCompletion', 'savedCost']
    .map((name) => `ALTER TABLE usage ADD COLUMN ${name} INTEGER NOT NULL DEFAULT 0;`)
    .join('\n'),
];
const SIZE = 2 ** 26;
/** ms that usage is kept */
export const KEEP_MS = 400 * 86_400_000;
/** most lines of an answer */
export const MOST_LINES = 100_000;

const timeOf = (format: string): string => `strftime('${format}', at / 1000, 'unixepoch')`;
const COLUMNS: Readonly<Record<Group, string>> = {
  // The list of labels has a column of that name, too.
  key: 'usage.key',
  owner: 'owner',
  label: 'label.value',
  model: 'model',
  provider: 'provider',
  hour: timeOf('%Y-%m-%dT%H:00:00Z'),
  day: timeOf('%Y-%m-%d'),
  month: timeOf('%Y-%m'),
};
const LABELS = `json_each(CASE labels WHEN '[]' THEN '[null]' ELSE labels END) AS label`;

export interface UsageSettings {
  readonly file: string;
  /** where gateways share usage; absent: it is in the file */
  readonly shared?: { readonly postgres: PostgresSettings; readonly waitingFile: string };
}

/** Usage in `<home>/usage.db`, one row for each hour, key, model and provider, and for each time that it was written. */
export class UsageStore {
  readonly #database: DatabaseSync;
  readonly #say: (text: string) => void;
  #hasTold = false;
  #droppedInHour = NaN;

  constructor({ file }: UsageSettings, say: (text: string) => void) {
    this.#say = say;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    this.#database = openOrSetAside({ file, migrations: MIGRATIONS, size: SIZE }, say);
  }

  add(rows: readonly UsageRow[], nowEpochMs: number): void {
    const names = ['at', 'key', 'owner', 'labels', 'model', 'provider', ...AMOUNTS];
    const insert = this.#database.prepare(
      `INSERT INTO usage (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    );
    this.#database.exec('BEGIN');
    try {
      for (const row of rows) {
        const { atEpochMs, key, owner, labels, model, provider } = row;
        const texts = [key, owner, JSON.stringify(labels), model, provider];
        insert.run(atEpochMs, ...texts, ...AMOUNTS.map((name) => row[name]));
      }
      this.clean(nowEpochMs);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Removes old rows. */
  clean(nowEpochMs: number): void {
    this.#database.prepare('DELETE FROM usage WHERE at < ?').run(nowEpochMs - KEEP_MS);
  }

  lines({ by, sinceEpochMs, untilEpochMs, only }: UsageQuery): UsageLine[] {
    const groups = by.map((name) => `${COLUMNS[name]} AS "${name}"`);
    const sums = AMOUNTS.map((name) => `coalesce(sum(${name}), 0) AS ${name}`);
    const filters = Object.entries(only).map(([name, value]) =>
      name === 'label'
        ? { sql: 'EXISTS (SELECT 1 FROM json_each(labels) WHERE value = ?)', value }
        : { sql: `usage.${name} = ?`, value },
    );
    const places = by.map((_, at) => at + 1).join(', ');
    const sql = `SELECT ${[...groups, ...sums].join(', ')}
      FROM usage${by.includes('label') ? `, ${LABELS}` : ''}
      WHERE ${['at >= ?', 'at < ?', ...filters.map((filter) => filter.sql)].join(' AND ')}
      ${by.length > 0 ? `GROUP BY ${places} ORDER BY ${places}` : ''} LIMIT ${MOST_LINES}`;
    const values = [sinceEpochMs, untilEpochMs, ...filters.map((filter) => filter.value)];
    return this.#database.prepare(sql).all(...values) as unknown as UsageLine[];
  }

  /** What limits have counted in spans that have not ended. */
  counters(nowEpochMs: number): SavedCounter[] {
    return this.#database
      .prepare(
        'SELECT name, began AS beganEpochMs, ends AS endsEpochMs, used FROM counters WHERE ends IS NULL OR ends > ?',
      )
      .all(nowEpochMs) as unknown as SavedCounter[];
  }

  saveCounters(batch: CounterBatch, nowEpochMs: number): void {
    const insert = this.#database.prepare(
      `INSERT INTO counters (name, began, ends, used) VALUES (?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET began = excluded.began, ends = excluded.ends, used = excluded.used`,
    );
    this.#database.exec('BEGIN');
    try {
      for (const { name, beganEpochMs, endsEpochMs, used } of unpacked(batch))
        insert.run(name, beganEpochMs, endsEpochMs, used);
      this.#dropEnded(nowEpochMs);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** It reads all of them, and spans that are saved end with an hour. */
  #dropEnded(nowEpochMs: number): void {
    const hour = Math.floor(nowEpochMs / HOUR_MS);
    if (hour === this.#droppedInHour) return;
    this.#database.prepare('DELETE FROM counters WHERE ends <= ?').run(nowEpochMs);
    this.#droppedInHour = hour;
  }

  /** @returns undefined: none is known */
  async price(origin: string, model: string, atEpochMs: number): Promise<Price | undefined> {
    try {
      return await publishedPrice(origin, model, atEpochMs);
    } catch (error) {
      if (!this.#hasTold) this.#say(`published prices cannot be read: ${(error as Error).message}`);
      this.#hasTold = true;
      return undefined;
    }
  }

  close(): void {
    this.#database.close();
  }
}

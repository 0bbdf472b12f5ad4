import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openOrSetAside } from '../../kits/store-kit/open-database.ts';
import { sizeOf, type Entry, type StoreStanding } from './entry.ts';

const MIGRATIONS: readonly string[] = [
  `CREATE TABLE answers (key TEXT PRIMARY KEY, at INTEGER NOT NULL, size INTEGER NOT NULL, head TEXT NOT NULL, body BLOB NOT NULL) STRICT;
   CREATE INDEX answers_by_time ON answers (at);`,
];

export interface CacheFileSettings {
  readonly file: string;
  readonly size: number;
  readonly ttlMs: number;
}

/** Kept answers in `<home>/cache.db`. */
export class CacheFile {
  readonly #database: DatabaseSync;
  readonly #size: number;
  readonly #ttlMs: number;
  #bytes: number;

  constructor({ file, size, ttlMs }: CacheFileSettings, say: (text: string) => void) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    this.#database = openOrSetAside({ file, migrations: MIGRATIONS, size }, say);
    this.#size = size;
    this.#ttlMs = ttlMs;
    this.#bytes = this.standing().bytes;
  }

  get(key: string, nowEpochMs: number): Entry | undefined {
    const row = this.#database.prepare('SELECT at, head, body FROM answers WHERE key = ?').get(key) as
      | { readonly at: number; readonly head: string; readonly body: Uint8Array }
      | undefined;
    if (!row || nowEpochMs - row.at >= this.#ttlMs) return undefined;
    return {
      ...(JSON.parse(row.head) as Omit<Entry, 'atEpochMs' | 'body'>),
      atEpochMs: row.at,
      body: row.body,
    };
  }

  set(key: string, { atEpochMs, body, ...head }: Entry): void {
    const size = sizeOf({ atEpochMs, body, ...head });
    this.#remove('key = ?', key);
    this.#database
      .prepare('INSERT INTO answers (key, at, size, head, body) VALUES (?, ?, ?, ?, ?)')
      .run(key, atEpochMs, size, JSON.stringify(head), body);
    this.#bytes += size;
    this.#remove('at <= ?', atEpochMs - this.#ttlMs);
    while (this.#bytes > this.#size && this.#removeOldest()) continue;
    this.#database.exec('PRAGMA incremental_vacuum');
  }

  clear(): number {
    const { changes } = this.#database.prepare('DELETE FROM answers').run();
    this.#database.exec('PRAGMA incremental_vacuum');
    this.#bytes = 0;
    return Number(changes);
  }

  standing(): Omit<StoreStanding, 'problem'> {
    return this.#database
      .prepare('SELECT count(*) AS entries, coalesce(sum(size), 0) AS bytes FROM answers')
      .get() as unknown as StoreStanding;
  }

  close(): void {
    this.#database.close();
  }

  #removeOldest(): boolean {
    return this.#remove('key IN (SELECT key FROM answers ORDER BY at, rowid LIMIT 1)');
  }

  #remove(where: string, ...values: readonly (string | number)[]): boolean {
    const rows = this.#database.prepare(`DELETE FROM answers WHERE ${where} RETURNING size`).all(...values);
    for (const { size } of rows as { size: number }[]) this.#bytes -= size;
    return rows.length > 0;
  }
}

import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '../../core/errors.ts';
import { privateFolder, whyNotWritten } from '../../kits/feature-kit/index.ts';
import type { KeyRecord } from './key-record.ts';
import type { Limit } from './limits/limits.ts';

const MIGRATIONS: readonly string[] = [
  'CREATE TABLE keys (id TEXT PRIMARY KEY, data TEXT NOT NULL, used INTEGER) STRICT;',
  'ALTER TABLE keys ADD COLUMN counters TEXT;',
  `ALTER TABLE keys DROP COLUMN counters;
   CREATE TABLE limits (id TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT;`,
];
/** bytes of the file, about */
const SIZE = 2 ** 23;

interface Row {
  readonly data: string;
  readonly used: number | null;
}

type Table = 'keys' | 'limits';

export interface Stored {
  readonly record: KeyRecord;
  /** ms since 1970; null: never */
  readonly usedEpochMs: number | null;
}

/**
 * Keys in `<home>/keys.db`, which only the gateway's user can read. The file is made with the first key, and SQLite is
 * loaded only where it is there. Keys are changed rarely, so writing them on the gateway's own thread delays nothing.
 */
export class KeyStore {
  readonly #file: string;
  #database: DatabaseSync | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws GatewayError `config_invalid`: without its keys the gateway would be open to all */
  async read(): Promise<readonly Stored[]> {
    if (!existsSync(this.#file)) return [];
    try {
      const rows = (await this.#open()).prepare('SELECT data, used FROM keys').all();
      return (rows as unknown as Row[]).map(({ data, used }) => ({
        record: { limits: {}, ...(JSON.parse(data) as Partial<KeyRecord>) } as KeyRecord,
        usedEpochMs: used,
      }));
    } catch (error) {
      throw new GatewayError(
        'config_invalid',
        `${this.#file} holds the keys of callers and cannot be read (${(error as Error).message}); mend it, or move it away to begin without keys`,
        { cause: error },
      );
    }
  }

  /** The limits that were made by the API. @throws as `read` does */
  async readLimits(): Promise<readonly Limit[]> {
    if (!existsSync(this.#file)) return [];
    const rows = (await this.#open()).prepare('SELECT data FROM limits ORDER BY rowid').all();
    return rows.map(({ data }) => JSON.parse(String(data)) as Limit);
  }

  /** @param record a key or a limit */
  save(table: Table, record: { readonly id: string }): Promise<void> {
    return this.#write((database) => {
      database
        .prepare(
          `INSERT INTO ${table} (id, data) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data`,
        )
        .run(record.id, JSON.stringify(record));
    });
  }

  remove(table: Table, id: string): Promise<void> {
    return this.#write((database) => void database.prepare(`DELETE FROM ${table} WHERE id = ?`).run(id));
  }

  /** @param used when keys were used last, by their ids */
  saveActivities(used: ReadonlyMap<string, number | null>): void {
    if (!this.#database || used.size === 0) return;
    const update = this.#database.prepare('UPDATE keys SET used = ? WHERE id = ?');
    this.#database.exec('BEGIN');
    for (const [id, usedEpochMs] of used) update.run(usedEpochMs, id);
    this.#database.exec('COMMIT');
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
  }

  /** @throws GatewayError `key_not_saved` */
  async #write(change: (database: DatabaseSync) => void): Promise<void> {
    try {
      change(await this.#open());
    } catch (error) {
      const why = whyNotWritten(this.#file, error as Error, 'Name another folder with `home` in the config');
      throw new GatewayError('key_not_saved', `Nothing was saved: ${why}`, { cause: error });
    }
  }

  async #open(): Promise<DatabaseSync> {
    if (this.#database) return this.#database;
    const { openDatabase } = await import('../../kits/store-kit/open-database.ts');
    await privateFolder(dirname(this.#file));
    const database = openDatabase({ file: this.#file, migrations: MIGRATIONS, size: SIZE });
    // A key that was revoked stays so, whatever happens to the machine.
    database.exec('PRAGMA synchronous = FULL');
    this.#database ??= database;
    return this.#database;
  }
}

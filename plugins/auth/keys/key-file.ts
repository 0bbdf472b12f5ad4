import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '../../../core/errors.ts';
import { privateFolder, whyNotWritten } from '../../../kits/feature-kit/index.ts';
import { within } from '../../../kits/store-kit/within.ts';
import type { KeyRecord } from '../key-record.ts';
import type { Limit } from '../limits/limits.ts';
import type { AllStored, Changes, KeyStore, Table, Tables } from './key-store.ts';

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

/**
 * Keys in a file, which only the gateway's user can read. The file is made with the first key, and SQLite is loaded only
 * where it is there. Keys are changed rarely, so writing them on the gateway's own thread delays nothing.
 */
export class KeyFile implements KeyStore {
  readonly isCurrent = true;
  readonly #file: string;
  #database: DatabaseSync | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  async read(): Promise<AllStored> {
    if (!existsSync(this.#file)) return { keys: [], limits: [] };
    try {
      const database = await this.#open();
      const keys = database.prepare('SELECT data, used FROM keys').all() as unknown as Row[];
      const limits = database.prepare('SELECT data FROM limits ORDER BY rowid').all();
      return {
        keys: keys.map(({ data, used }) => ({ record: recordOf(data), usedEpochMs: used })),
        limits: limits.map(({ data }) => JSON.parse(String(data)) as Limit),
      };
    } catch (error) {
      throw new GatewayError(
        'config_invalid',
        `${this.#file} holds the keys of callers and cannot be read (${(error as Error).message}); mend it, or move it away to begin without keys`,
        { cause: error },
      );
    }
  }

  add<Name extends Table>(table: Name, record: Tables[Name]): Promise<void> {
    return this.#write((database) => put(database, table, record));
  }

  change<Name extends Table>(
    table: Name,
    id: string,
    edit: (stored: Tables[Name]) => Tables[Name],
  ): Promise<Tables[Name] | undefined> {
    return this.#write((database) => {
      const row = database.prepare(`SELECT data FROM ${table} WHERE id = ?`).get(id) as Row | undefined;
      if (!row) return undefined;
      const stored = (table === 'keys' ? recordOf(row.data) : JSON.parse(row.data)) as Tables[Name];
      const record = edit(stored);
      put(database, table, record);
      return record;
    });
  }

  remove(table: Table, id: string): Promise<void> {
    return this.#write((database) => void database.prepare(`DELETE FROM ${table} WHERE id = ?`).run(id));
  }

  saveActivities(used: ReadonlyMap<string, number | null>): void {
    if (!this.#database || used.size === 0) return;
    const update = this.#database.prepare('UPDATE keys SET used = ? WHERE id = ?');
    within(this.#database, () => {
      for (const [id, usedEpochMs] of used) update.run(usedEpochMs, id);
    });
  }

  /** Nothing else writes it. */
  onChange(): void {}

  /** Follows what was changed elsewhere. @throws GatewayError `key_not_saved` */
  follow({ keys, limits, removed }: Changes): Promise<void> {
    return this.#write((database) => {
      database.exec('BEGIN');
      for (const { record } of keys) put(database, 'keys', record);
      for (const limit of limits) put(database, 'limits', limit);
      for (const table of ['keys', 'limits'] as const)
        for (const id of removed[table]) database.prepare(`DELETE FROM ${table} WHERE id = ?`).run(id);
      database.exec('COMMIT');
    });
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
  }

  /** @throws GatewayError `key_not_saved` */
  async #write<T>(change: (database: DatabaseSync) => T): Promise<T> {
    try {
      return change(await this.#open());
    } catch (error) {
      if (this.#database?.isTransaction) this.#database.exec('ROLLBACK');
      const why = whyNotWritten(this.#file, error as Error, 'Name another folder with `home` in the config');
      throw new GatewayError('key_not_saved', `Nothing was saved: ${why}`, { cause: error });
    }
  }

  async #open(): Promise<DatabaseSync> {
    if (this.#database) return this.#database;
    const { openDatabase } = await import('../../../kits/store-kit/open-database.ts');
    await privateFolder(dirname(this.#file));
    const database = openDatabase({ file: this.#file, migrations: MIGRATIONS, size: SIZE });
    // A key that was revoked stays so, whatever happens to the machine.
    database.exec('PRAGMA synchronous = FULL');
    this.#database ??= database;
    return this.#database;
  }
}

function put(database: DatabaseSync, table: Table, record: { readonly id: string }): void {
  database
    .prepare(
      `INSERT INTO ${table} (id, data) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data`,
    )
    .run(record.id, JSON.stringify(record));
}

/** Keys of the first version had no limits. */
export const recordOf = (data: string): KeyRecord =>
  ({ limits: {}, ...(JSON.parse(data) as Partial<KeyRecord>) }) as KeyRecord;

import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '../../core/errors.ts';
import { privateFolder, whyNotWritten } from '../../kits/feature-kit/index.ts';
import type { SavedActivity } from './key-activity.ts';
import type { KeyRecord } from './key-record.ts';

const MIGRATIONS: readonly string[] = [
  'CREATE TABLE keys (id TEXT PRIMARY KEY, data TEXT NOT NULL, used INTEGER) STRICT;',
  'ALTER TABLE keys ADD COLUMN counters TEXT;',
];
/** bytes of the file, about */
const SIZE = 2 ** 23;

interface Row {
  readonly data: string;
  readonly used: number | null;
  readonly counters: string | null;
}

export interface Stored {
  readonly record: KeyRecord;
  readonly activity: SavedActivity;
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
      const rows = (await this.#open()).prepare('SELECT data, used, counters FROM keys').all();
      return (rows as unknown as Row[]).map(({ data, used, counters }) => ({
        record: { limits: {}, ...(JSON.parse(data) as Partial<KeyRecord>) } as KeyRecord,
        activity: { usedEpochMs: used, counters: JSON.parse(counters ?? '{}') as SavedActivity['counters'] },
      }));
    } catch (error) {
      throw new GatewayError(
        'config_invalid',
        `${this.#file} holds the keys of callers and cannot be read (${(error as Error).message}); mend it, or move it away to begin without keys`,
        { cause: error },
      );
    }
  }

  save(record: KeyRecord): Promise<void> {
    const { id } = record;
    return this.#write((database) => {
      database
        .prepare(
          'INSERT INTO keys (id, data) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data',
        )
        .run(id, JSON.stringify(record));
    });
  }

  remove(id: string): Promise<void> {
    return this.#write((database) => void database.prepare('DELETE FROM keys WHERE id = ?').run(id));
  }

  /** @param activities by the id of the key */
  saveActivities(activities: ReadonlyMap<string, SavedActivity>): void {
    if (!this.#database || activities.size === 0) return;
    const update = this.#database.prepare('UPDATE keys SET used = ?, counters = ? WHERE id = ?');
    this.#database.exec('BEGIN');
    for (const [id, { usedEpochMs, counters }] of activities)
      update.run(usedEpochMs, JSON.stringify(counters), id);
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

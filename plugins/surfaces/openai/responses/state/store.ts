import type { DatabaseSync } from 'node:sqlite';
import { isBroken, openOrSetAside, setAside } from '../../../../../kits/store-kit/open-database.ts';
import type { Asked, KeptResponse, MadeResponse, StateSettings } from './rows.ts';
import { Spool } from './spool.ts';

const MIGRATIONS = [
  `CREATE TABLE responses (
     id TEXT PRIMARY KEY, owner TEXT NOT NULL, at INTEGER NOT NULL, bytes INTEGER NOT NULL,
     response TEXT NOT NULL, input TEXT NOT NULL
   );
   CREATE INDEX responses_by_age ON responses (at);`,
  `CREATE TABLE makers (id TEXT PRIMARY KEY, owner TEXT NOT NULL, provider TEXT NOT NULL, at INTEGER NOT NULL);
   CREATE INDEX makers_by_age ON makers (at);`,
];

/** The file, opened when first needed and reopened after any failure. It blocks, so it runs in a thread of its own. */
export class StateStore {
  readonly #settings: StateSettings;
  readonly #say: (text: string) => void;
  #database: DatabaseSync | undefined;
  #spool: Spool | undefined;
  /** of all that is kept */
  #count = 0;
  #bytes = 0;

  constructor(settings: StateSettings, say: (text: string) => void) {
    this.#settings = settings;
    this.#say = say;
  }

  /** @returns whether it is kept: it may exceed the total size */
  save({ id, owner, at, response, input }: KeptResponse): boolean {
    const bytes = Buffer.byteLength(response) + Buffer.byteLength(input);
    if (bytes > this.#settings.size) return false;
    this.#with((database) => {
      database
        .prepare(
          'INSERT OR REPLACE INTO responses (id, owner, at, bytes, response, input) VALUES (?, ?, ?, ?, ?, ?)',
        )
        .run(id, owner, at, bytes, response, input);
      this.#count += 1;
      this.#bytes += bytes;
      this.#prune(database, at);
    });
    return true;
  }

  find(id: string, owner: string, { now }: Asked): KeptResponse | undefined {
    return this.#with((database) =>
      database
        .prepare(
          'SELECT id, owner, at, response, input FROM responses WHERE id = ? AND owner = ? AND at >= ?',
        )
        .get(id, owner, now - this.#settings.keepMs),
    ) as KeptResponse | undefined;
  }

  /** Whether it was made here, for any key. */
  has(id: string, { now }: Asked): boolean {
    return this.#with(
      (database) =>
        database
          .prepare('SELECT 1 FROM responses WHERE id = ? AND at >= ?')
          .get(id, now - this.#settings.keepMs) !== undefined,
    );
  }

  /** @returns whether there was one */
  remove(id: string, owner: string, _asked?: Asked): boolean {
    return this.#with((database) => {
      const { changes } = database.prepare('DELETE FROM responses WHERE id = ? AND owner = ?').run(id, owner);
      this.#measure(database);
      return changes > 0;
    });
  }

  /** They were removed elsewhere. */
  forget(ids: readonly string[]): void {
    if (ids.length === 0) return;
    this.#with((database) => {
      database
        .prepare('DELETE FROM responses WHERE id IN (SELECT value FROM json_each(?))')
        .run(JSON.stringify(ids));
      this.#measure(database);
    });
  }

  /** Of what PostgreSQL has. */
  spool<T>(work: (spool: Spool) => T): T {
    return this.#with((database) => work((this.#spool ??= new Spool(database))));
  }

  saveMakers(made: readonly MadeResponse[]): void {
    const { keepMs, count } = this.#settings;
    this.#with((database) => {
      const insert = database.prepare(
        'INSERT OR REPLACE INTO makers (id, owner, provider, at) VALUES (?, ?, ?, ?)',
      );
      database.exec('BEGIN');
      for (const { id, owner, provider, at } of made) insert.run(id, owner, provider, at);
      database.exec('COMMIT');
      const { at: now } = made.at(-1) as MadeResponse;
      database.prepare('DELETE FROM makers WHERE at < ?').run(now - keepMs);
      database
        .prepare(
          'DELETE FROM makers WHERE id IN (SELECT id FROM makers ORDER BY at DESC, rowid DESC LIMIT -1 OFFSET ?)',
        )
        .run(count);
    });
  }

  maker(id: string, { now }: Asked): MadeResponse | undefined {
    return this.#with((database) =>
      database
        .prepare('SELECT id, owner, provider, at FROM makers WHERE id = ? AND at >= ?')
        .get(id, now - this.#settings.keepMs),
    ) as MadeResponse | undefined;
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
    this.#spool = undefined;
  }

  #prune(database: DatabaseSync, now: number): void {
    const { keepMs, count, size } = this.#settings;
    const { changes } = database.prepare('DELETE FROM responses WHERE at < ?').run(now - keepMs);
    if (changes > 0) this.#measure(database);
    while (this.#count > count || this.#bytes > size) {
      const most = Math.max(1, this.#count - count);
      database
        .prepare('DELETE FROM responses WHERE id IN (SELECT id FROM responses ORDER BY at, rowid LIMIT ?)')
        .run(most);
      this.#measure(database);
    }
    if (changes > 0) database.exec('PRAGMA incremental_vacuum');
  }

  #measure(database: DatabaseSync): void {
    const { count, bytes } = database
      .prepare('SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes FROM responses')
      .get() as { count: number; bytes: number };
    [this.#count, this.#bytes] = [count, bytes];
  }

  #with<T>(work: (database: DatabaseSync) => T): T {
    const { file, size } = this.#settings;
    try {
      if (!this.#database) {
        this.#database = openOrSetAside({ file, size, migrations: MIGRATIONS }, this.#say);
        this.#measure(this.#database);
      }
      return work(this.#database);
    } catch (error) {
      this.close();
      if (isBroken(error)) setAside(file, error as Error, this.#say);
      throw error;
    }
  }
}

import type { DatabaseSync } from 'node:sqlite';
import { isBroken, openOrSetAside, setAside } from '../../../../../kits/store-kit/open-database.ts';

/** A response that was kept. */
export interface KeptResponse {
  readonly id: string;
  /** the name of the key that it was made with; '' where callers need none */
  readonly owner: string;
  /** ms since 1970 */
  readonly at: number;
  /** as its caller got it, in JSON */
  readonly response: string;
  /** the items that it answers, those of the responses before it included, in JSON */
  readonly input: string;
}

/** Which provider made a response that it keeps itself. */
export interface MadeResponse {
  readonly id: string;
  /** as that of a kept response */
  readonly owner: string;
  readonly provider: string;
  /** ms since 1970 */
  readonly at: number;
}

export interface StateSettings {
  readonly file: string;
  readonly keepMs: number;
  readonly count: number;
  /** bytes */
  readonly size: number;
}

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
  /** of all that is kept */
  #count = 0;
  #bytes = 0;

  constructor(settings: StateSettings, say: (text: string) => void) {
    this.#settings = settings;
    this.#say = say;
  }

  save({ id, owner, at, response, input }: KeptResponse): void {
    const bytes = Buffer.byteLength(response) + Buffer.byteLength(input);
    if (bytes > this.#settings.size) return;
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
  }

  /** @param now ms since 1970 */
  find(id: string, owner: string, now: number): KeptResponse | undefined {
    return this.#with((database) =>
      database
        .prepare(
          'SELECT id, owner, at, response, input FROM responses WHERE id = ? AND owner = ? AND at >= ?',
        )
        .get(id, owner, now - this.#settings.keepMs),
    ) as KeptResponse | undefined;
  }

  /** @returns whether there was one */
  remove(id: string, owner: string): boolean {
    return this.#with((database) => {
      const { changes } = database.prepare('DELETE FROM responses WHERE id = ? AND owner = ?').run(id, owner);
      this.#measure(database);
      return changes > 0;
    });
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

  /** @param now ms since 1970 */
  maker(id: string, now: number): MadeResponse | undefined {
    return this.#with((database) =>
      database
        .prepare('SELECT id, owner, provider, at FROM makers WHERE id = ? AND at >= ?')
        .get(id, now - this.#settings.keepMs),
    ) as MadeResponse | undefined;
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
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

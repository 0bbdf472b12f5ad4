import type { DatabaseSync } from 'node:sqlite';
import type { KeptResponse, MadeResponse } from './rows.ts';

/** Each table, and the columns that are read of waiting rows, of which there may be many. */
const TABLES = { responses: 'isSent, bytes', makers: 'isSent' } as const;
export type SpoolTable = keyof typeof TABLES;

/** A row that PostgreSQL does not have yet. */
export type Unsent<One> = One & { readonly nth: number };
export type UnsentResponse = Unsent<KeptResponse & { readonly bytes: number }>;
export type UnsentMaker = Unsent<MadeResponse>;

/** Whether PostgreSQL has a row. `OWN` rows are too long, or were refused. */
const [WAITS, SENT, OWN] = [0, 1, 2] as const;
/** bytes of the longest response that gateways share, and of the longest id */
export const LONGEST = 2 ** 24;
const LONGEST_ID = 1_000;
/** rows and bytes that are sent together */
const ROWS = 500;
const BYTES = 2 ** 22;

/** Which rows of the file PostgreSQL has. Rows from before its use wait, too. */
export class Spool {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    for (const [table, columns] of Object.entries(TABLES)) {
      // A gateway without PostgreSQL knows nothing of it, and can read the file.
      const known = database.prepare(`PRAGMA table_info(${table})`).all();
      if (!known.some(({ name }) => name === 'isSent'))
        database.exec(`ALTER TABLE ${table} ADD COLUMN isSent INTEGER NOT NULL DEFAULT ${WAITS}`);
      database.exec(
        `CREATE INDEX IF NOT EXISTS ${table}_that_wait ON ${table} (${columns}) WHERE isSent = ${WAITS}`,
      );
    }
  }

  /** The oldest that wait. */
  responses(): UnsentResponse[] {
    this.#keep('responses', 'bytes', LONGEST);
    const rows: UnsentResponse[] = [];
    let bytes = 0;
    const all = this.#database.prepare(
      `SELECT rowid AS nth, id, owner, at, bytes, response, input FROM responses
       WHERE isSent = ${WAITS} ORDER BY rowid LIMIT ${ROWS}`,
    );
    for (const row of all.iterate() as Iterable<UnsentResponse>) {
      bytes += row.bytes;
      if (bytes > BYTES && rows.length > 0) break;
      rows.push(row);
    }
    return rows;
  }

  makers(): UnsentMaker[] {
    this.#keep('makers', 'length(CAST(id AS BLOB))', LONGEST_ID);
    return this.#database
      .prepare(
        `SELECT rowid AS nth, id, owner, provider, at FROM makers WHERE isSent = ${WAITS} ORDER BY rowid LIMIT ${ROWS}`,
      )
      .all() as unknown as UnsentMaker[];
  }

  /** A row that was replaced meanwhile has another number. */
  sent(table: SpoolTable, rows: readonly Unsent<unknown>[]): void {
    this.#mark(table, rows, SENT);
  }

  refused(table: SpoolTable, rows: readonly Unsent<unknown>[]): void {
    this.#mark(table, rows, OWN);
  }

  get waiting(): { readonly count: number; readonly bytes: number } {
    return this.#database
      .prepare(
        `SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes FROM responses WHERE isSent = ${WAITS}`,
      )
      .get() as { count: number; bytes: number };
  }

  /** Of responses that PostgreSQL has had. */
  get sentIds(): string[] {
    return this.#database
      .prepare(`SELECT id FROM responses WHERE isSent = ${SENT}`)
      .all()
      .map(({ id }) => id as string);
  }

  #keep(table: SpoolTable, what: string, most: number): void {
    this.#database
      .prepare(`UPDATE ${table} SET isSent = ${OWN} WHERE isSent = ${WAITS} AND ${what} > ?`)
      .run(most);
  }

  #mark(table: SpoolTable, rows: readonly Unsent<unknown>[], state: number): void {
    this.#database
      .prepare(
        `UPDATE ${table} SET isSent = ? WHERE rowid IN (SELECT value FROM json_each(?)) AND isSent = ${WAITS}`,
      )
      .run(state, JSON.stringify(rows.map(({ nth }) => nth)));
  }
}

import type { DatabaseSync } from 'node:sqlite';
import type { RequestsRow } from './rows.ts';

export type UnsentRow = RequestsRow & { readonly nth: number };

/** Whether PostgreSQL has a row. `OWN` rows were refused. */
const [WAITS, SENT, OWN] = [0, 1, 2] as const;
/** rows and bytes that are sent together */
const ROWS = 500;
const BYTES = 2 ** 22;

/** Which rows of requests PostgreSQL has. Rows from before its use wait, too. */
export class HistorySpool {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    // A gateway without PostgreSQL knows nothing of it, and can read the file.
    const columns = database.prepare('PRAGMA table_info(requests)').all();
    if (!columns.some(({ name }) => name === 'isSent'))
      database.exec(`ALTER TABLE requests ADD COLUMN isSent INTEGER NOT NULL DEFAULT ${WAITS}`);
    database.exec(
      `CREATE INDEX IF NOT EXISTS requests_that_wait ON requests (isSent, count) WHERE isSent = ${WAITS}`,
    );
  }

  /** The oldest that wait. */
  rows(): UnsentRow[] {
    const rows: UnsentRow[] = [];
    let bytes = 0;
    const all = this.#database.prepare(
      `SELECT rowid AS nth, last, first, since, until, count, data FROM requests
       WHERE isSent = ${WAITS} ORDER BY rowid LIMIT ${ROWS}`,
    );
    for (const row of all.iterate() as unknown as Iterable<UnsentRow>) {
      bytes += row.data.length;
      if (bytes > BYTES && rows.length > 0) break;
      rows.push(row);
    }
    return rows;
  }

  sent(rows: readonly UnsentRow[]): void {
    this.#mark(rows, SENT);
  }

  refused(rows: readonly UnsentRow[]): void {
    this.#mark(rows, OWN);
  }

  /** How many requests wait. */
  get count(): number {
    return this.#sumOf('count');
  }

  /** The bytes of those that wait. */
  get bytes(): number {
    return this.#sumOf('octet_length(data)');
  }

  #sumOf(what: string): number {
    const { sum } = this.#database
      .prepare(`SELECT coalesce(sum(${what}), 0) AS sum FROM requests WHERE isSent = ${WAITS}`)
      .get() as { sum: number };
    return sum;
  }

  #mark(rows: readonly UnsentRow[], state: number): void {
    this.#database
      .prepare('UPDATE requests SET isSent = ? WHERE rowid IN (SELECT value FROM json_each(?))')
      .run(state, JSON.stringify(rows.map(({ nth }) => nth)));
  }
}

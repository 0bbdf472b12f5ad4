import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { MinuteCounts } from './minute-counts.ts';
import type { MinuteRow, UptimeRow } from './rows.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const COUNTS = [
  'requests',
  'errors',
  'left',
  'retried',
  'answered',
  'failed',
  'prompt',
  'completion',
  'estimated',
] as const;
const COLUMNS = ['at', 'span', 'provider', 'model', ...COUNTS, 'latency', 'ttft', 'kinds'];
const INSERT = `INSERT INTO minutes (${COLUMNS.map((name) => `"${name}"`).join(', ')})
  VALUES (${COLUMNS.map(() => '?').join(', ')})`;

/** Statistics of each minute, merged into hours when two days old. A minute may have several rows, which are summed. */
export class MinutesTable {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  add(row: MinuteRow, span = MINUTE): void {
    const { at, provider, model, latency, ttft, kinds } = row;
    const values: SQLInputValue[] = [at, span, provider, model, ...COUNTS.map((name) => row[name])];
    const texts = [latency, ttft, kinds].map((value) => JSON.stringify(value));
    this.#database.prepare(INSERT).run(...values, ...texts);
  }

  addUptime({ at, provider, up, known }: UptimeRow, span = MINUTE): void {
    this.#database
      .prepare('INSERT INTO uptime (at, span, provider, up, known) VALUES (?, ?, ?, ?, ?)')
      .run(at, span, provider, up, known);
  }

  *since(at: number): Generator<MinuteRow> {
    for (const row of this.#database.prepare('SELECT * FROM minutes WHERE at >= ?').iterate(at))
      yield parsed(row);
  }

  uptimeSince(at: number): Iterable<UptimeRow> {
    return this.#database
      .prepare('SELECT at, provider, up, known FROM uptime WHERE at >= ?')
      .iterate(at) as unknown as Iterable<UptimeRow>;
  }

  /** Merges minutes before that time into hours. */
  fold(before: number): void {
    const end = before - (before % HOUR);
    const cells = new Map<string, MinuteCounts>();
    for (const row of this.#database
      .prepare(`SELECT * FROM minutes WHERE at < ? AND span = ${MINUTE}`)
      .iterate(end)) {
      const { at, provider, model, ...rest } = parsed(row);
      const key = JSON.stringify([at - (at % HOUR), provider, model]);
      const cell = cells.get(key) ?? new MinuteCounts();
      cell.merge({ at, provider, model, ...rest });
      cells.set(key, cell);
    }
    this.#database.prepare(`DELETE FROM minutes WHERE at < ? AND span = ${MINUTE}`).run(end);
    for (const [key, cell] of cells)
      this.add(cell.row(...(JSON.parse(key) as [number, string, string])), HOUR);
    const hours = this.#database
      .prepare(
        `SELECT at - at % ${HOUR} AS at, provider, sum(up) AS up, sum(known) AS known
         FROM uptime WHERE at < ? AND span = ${MINUTE} GROUP BY 1, 2`,
      )
      .all(end) as unknown as UptimeRow[];
    this.#database.prepare(`DELETE FROM uptime WHERE at < ? AND span = ${MINUTE}`).run(end);
    for (const hour of hours) this.addUptime(hour, HOUR);
  }
}

function parsed({ latency, ttft, kinds, ...row }: Record<string, unknown>): MinuteRow {
  const [of, to, why] = [latency, ttft, kinds].map((text) => JSON.parse(text as string) as unknown);
  return { ...row, latency: of, ttft: to, kinds: why } as MinuteRow;
}

import type { RequestFilter, TraceRecord } from '../../core/contracts/index.ts';
import type { DatabaseSync } from 'node:sqlite';
import { matches } from '../../kits/feature-kit/request-filter.ts';
import { hasId, quoted, textsIn, tracesIn } from './row-filter.ts';
import type { RequestsRow } from './rows.ts';

/**
 * A row holds many requests, which costs a twentieth of a row for each. A row is parsed only when its ids, times and
 * text may match the filter.
 */
export class RequestsTable {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  add({ last, first, since, until, count, data }: RequestsRow): void {
    this.#database
      .prepare('INSERT INTO requests (last, first, since, until, count, data) VALUES (?, ?, ?, ?, ?, ?)')
      .run(last, first, since, until, count, data);
  }

  /** The newest matches, newest first. */
  page(filter: RequestFilter, limit: number): TraceRecord[] {
    let found: TraceRecord[] = [];
    for (const { last, data } of this.#rows(filter)) {
      // Rows are ordered by their highest id: later rows hold nothing newer.
      if (found.length >= limit && last < (found.at(-1) as TraceRecord).id) break;
      const wanted = tracesIn(data).filter((trace) => matches(trace, filter));
      if (wanted.length === 0) continue;
      found = [...found, ...wanted].sort((one, other) => (one.id < other.id ? 1 : -1)).slice(0, limit);
    }
    return found;
  }

  /** @param id ours, or an upstream's own */
  find(id: string): TraceRecord | undefined {
    const near = this.#database.prepare('SELECT data FROM requests WHERE last >= ? AND first <= ?');
    const far = this.#database.prepare(
      "SELECT data FROM requests WHERE data LIKE ? ESCAPE '\\' ORDER BY last DESC",
    );
    for (const rows of [near.iterate(id, id), far.iterate(quoted(id))]) {
      for (const { data } of rows) {
        const found = tracesIn(data as string).find((trace) => hasId(trace, id));
        if (found) return found;
      }
    }
    return undefined;
  }

  #rows({
    before,
    sinceEpochMs,
    untilEpochMs,
    ...filter
  }: RequestFilter): Iterable<{ last: string; data: string }> {
    const texts = textsIn(filter);
    const statement = this.#database.prepare(
      `SELECT last, data FROM requests WHERE first < ? AND until >= ? AND since <= ?
       ${texts.map(() => "AND data LIKE ? ESCAPE '\\'").join(' ')} ORDER BY last DESC`,
    );
    const bounds = [before ?? '\u{10FFFF}', sinceEpochMs ?? 0, untilEpochMs ?? Number.MAX_SAFE_INTEGER];
    return statement.iterate(...bounds, ...texts) as Iterable<{ last: string; data: string }>;
  }
}

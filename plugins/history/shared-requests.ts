import type { RequestFilter, TraceRecord } from '../../core/contracts/index.ts';
import { matches } from '../../kits/feature-kit/request-filter.ts';
import { peerOf } from '../../kits/peer-kit/hop.ts';
import type { PartTables } from '../../kits/store-kit/part-tables.ts';
import { plain } from '../../kits/store-kit/plain-text.ts';
import { digestOf } from './row-ids.ts';
import { hasId, quoted, textsIn, tracesIn } from './row-filter.ts';

/** Rows that are read by one question: of those that are filtered by their text mostly none is sent. */
const ROWS = 64;
const FILTERED_ROWS = 500;
const HIGHEST = '\u{10FFFF}';
const MOST = Number.MAX_SAFE_INTEGER;

/** A row's place, from the newest to the oldest. */
type Place = readonly [last: string, first: string, node: string, since: number];

interface Row {
  readonly last: string;
  readonly first: string;
  readonly node: string;
  readonly since: number;
  /** null: its text does not match */
  readonly data: string | null;
}

/** Requests of all gateways in PostgreSQL, in rows as those of the file. A question reads some rows, so none takes long. */
export class SharedRequests {
  readonly #tables: PartTables;

  constructor(tables: PartTables) {
    this.#tables = tables;
  }

  /** The newest matches, newest first. */
  async page(filter: RequestFilter, limit: number): Promise<TraceRecord[]> {
    let found: TraceRecord[] = [];
    for await (const { last, node, data } of this.#rows(filter, textsIn(filter))) {
      // Rows are ordered by their highest id: later rows hold nothing newer.
      if (found.length >= limit && last < (found.at(-1) as TraceRecord).id) break;
      const wanted = (data === null ? [] : tracesIn(data)).filter((trace) => matches(trace, filter));
      if (wanted.length === 0) continue;
      const named = wanted.map((trace) => ({ ...trace, node }));
      found = [...found, ...named].sort((one, other) => (one.id < other.id ? 1 : -1)).slice(0, limit);
    }
    return found;
  }

  /**
   * @param id ours, or an upstream's own
   * @returns the trace of the gateway that its caller sent it to, rather than that of a peer
   */
  async find(id: string): Promise<TraceRecord | undefined> {
    // A row of an older gateway may get its ids between the first two.
    return (await this.#indexed(id)) ?? (await this.#withoutIds(id)) ?? (await this.#indexed(id));
  }

  async #indexed(id: string): Promise<TraceRecord | undefined> {
    const postgres = await this.#tables.open();
    const rows = await postgres.query<Row>(
      'SELECT node, data FROM switchyard_requests WHERE ids @> ARRAY[$1::bigint] LIMIT $2',
      [digestOf(id), FILTERED_ROWS],
    );
    const all = rows.map((row) => foundIn(row, id)).filter((found) => found !== undefined);
    return all.find(({ key }) => peerOf(key) === undefined) ?? all[0];
  }

  async #withoutIds(id: string): Promise<TraceRecord | undefined> {
    let ofPeer: TraceRecord | undefined;
    for await (const row of this.#rows({}, [quoted(id)], 'ids IS NULL')) {
      const found = foundIn(row, id);
      if (found && peerOf(found.key) === undefined) return found;
      ofPeer ??= found;
    }
    return ofPeer;
  }

  async *#rows(
    { before = HIGHEST, sinceEpochMs = 0, untilEpochMs = MOST }: RequestFilter,
    texts: readonly string[],
    which = 'true',
  ): AsyncGenerator<Row> {
    const postgres = await this.#tables.open();
    const count = texts.length === 0 ? ROWS : FILTERED_ROWS;
    const matching = texts.map((_, nth) => `data ILIKE $${nth + 9} ESCAPE '\\'`).join(' AND ') || 'true';
    const text = `SELECT last, first, node, since, CASE WHEN ${matching} THEN data END AS data FROM switchyard_requests
      WHERE (last, first, node, since) < ($1, $2, $3, $4) AND first < $5 AND until >= $6 AND since <= $7 AND ${which}
      ORDER BY last DESC, first DESC, node DESC, since DESC LIMIT $8`;
    let place: Place = [HIGHEST, HIGHEST, HIGHEST, MOST];
    for (;;) {
      const bounds = [plain(before), sinceEpochMs, untilEpochMs, count];
      const rows = await postgres.query<Row>(text, [...place, ...bounds, ...texts.map(plain)]);
      yield* rows;
      const end = rows.at(-1);
      if (!end || rows.length < count) return;
      place = [end.last, end.first, end.node, end.since];
    }
  }
}

function foundIn({ node, data }: Row, id: string): TraceRecord | undefined {
  const trace = data === null ? undefined : tracesIn(data).find((one) => hasId(one, id));
  return trace && { ...trace, node };
}

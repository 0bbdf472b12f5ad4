import type { RequestFilter, TraceRecord } from '../../core/contracts/index.ts';
import type { DatabaseSync } from 'node:sqlite';
import { MinutesTable } from './minutes-table.ts';
import { isBroken, openOrSetAside, setAside } from '../../kits/store-kit/open-database.ts';
import type { PostgresSettings } from '../../kits/store-kit/postgres.ts';
import { within } from '../../kits/store-kit/within.ts';
import { migrations } from './migrations.ts';
import { pruneByAge, pruneBySize, shrink } from './prune.ts';
import { RequestsTable } from './requests-table.ts';
import { HistorySpool } from './spool.ts';
import type { Batch, MinuteRow, StateRow, UptimeRow } from './rows.ts';
import { statistics, type Statistics, type StatisticsQuery } from './statistics.ts';

export interface StoreSettings {
  /** where gateways share requests; absent: they are in the file alone */
  readonly shared?: SharedSettings;
  readonly file: string;
  /** ms */
  readonly keepMs: number;
  /** bytes */
  readonly size: number;
}

export interface SharedSettings {
  readonly postgres: PostgresSettings;
  /** this gateway's name among the others */
  readonly node: string;
}

/** ms between two deletions of old records */
const PRUNE_EVERY = 10 * 60_000;
/** The share of the size limit that may be written between two checks of the file's size. */
const UNSEEN = 1 / 64;

/**
 * The file, opened when first needed and reopened after any failure. Everything here blocks, so it runs in a thread of
 * its own. Disk errors are thrown.
 */
export class Store {
  readonly #settings: StoreSettings;
  readonly #say: (text: string) => void;
  #opened: Tables | undefined;
  #prunedEpochMs = 0;
  /** bytes of requests written since the last check of the file's size; infinite at first, when the size is unknown */
  #unseen = Infinity;

  constructor(settings: StoreSettings, say: (text: string) => void) {
    this.#settings = settings;
    this.#say = say;
  }

  /** Runs a transaction: all or nothing. */
  write({ requests, minutes, uptime, states }: Batch): void {
    this.#with((tables) => {
      this.#prune(tables);
      for (const { data } of requests) this.#unseen += data.length;
      within(tables.database, () => {
        for (const row of requests) tables.requests.add(row);
        for (const row of minutes) tables.minutes.add(row);
        for (const row of uptime) tables.minutes.addUptime(row);
        const state = tables.database.prepare(
          'INSERT INTO states (at, provider, state, reason) VALUES (?, ?, ?, ?)',
        );
        for (const row of states) state.run(row.at, row.provider, row.state, row.reason);
      });
    });
  }

  requests(filter: RequestFilter, limit: number): TraceRecord[] {
    return this.#with(({ requests }) => requests.page(filter, limit));
  }

  request(id: string): TraceRecord | undefined {
    return this.#with(({ requests }) => requests.find(id));
  }

  /** Newest first. */
  states(provider: string, limit: number): StateRow[] {
    return this.#with(({ database }) =>
      database
        .prepare(
          'SELECT at, provider, state, reason FROM states WHERE provider = ? ORDER BY at DESC, rowid DESC LIMIT ?',
        )
        .all(provider, limit),
    ) as unknown as StateRow[];
  }

  /** @param fresh records not in the file yet */
  statistics(
    query: StatisticsQuery,
    fresh: { minutes: readonly MinuteRow[]; uptime: readonly UptimeRow[] },
  ): Statistics {
    return this.#with(({ minutes }) =>
      statistics(query, {
        minutes: (from) => [...minutes.since(from), ...fresh.minutes],
        uptime: (from) => [...minutes.uptimeSince(from), ...fresh.uptime],
      }),
    );
  }

  /** Of what PostgreSQL has. */
  spool<T>(work: (spool: HistorySpool) => T): T {
    return this.#with((tables) => work((tables.spool ??= new HistorySpool(tables.database))));
  }

  close(): void {
    this.#opened?.database.close();
    this.#opened = undefined;
  }

  #prune({ database, minutes }: Tables): void {
    const { keepMs, size } = this.#settings;
    const now = Date.now();
    const isDue = now - this.#prunedEpochMs >= PRUNE_EVERY;
    if (isDue) within(database, () => pruneByAge(database, minutes, keepMs, now));
    if (isDue) this.#prunedEpochMs = now;
    const isLarge = this.#unseen > size * UNSEEN && within(database, () => pruneBySize(database, size));
    if (isLarge || this.#unseen > size * UNSEEN) this.#unseen = 0;
    if (isLarge || isDue) shrink(database);
  }

  #with<T>(work: (tables: Tables) => T): T {
    const { file, size } = this.#settings;
    try {
      return work((this.#opened ??= tablesOf(openOrSetAside({ file, size, migrations }, this.#say))));
    } catch (error) {
      this.close();
      if (isBroken(error)) setAside(file, error as Error, this.#say);
      throw error;
    }
  }
}

interface Tables {
  readonly database: DatabaseSync;
  readonly requests: RequestsTable;
  readonly minutes: MinutesTable;
  /** where requests are shared */
  spool?: HistorySpool;
}

function tablesOf(database: DatabaseSync): Tables {
  return { database, requests: new RequestsTable(database), minutes: new MinutesTable(database) };
}

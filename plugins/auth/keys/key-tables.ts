import type { FastifyBaseLogger } from 'fastify';
import { GatewayError } from '../../../core/errors.ts';
import { SerialQueue } from '../../../kits/feature-kit/index.ts';
import { migrate, Newer } from '../../../kits/store-kit/migrate.ts';
import type { Ask } from '../../../kits/store-kit/postgres.ts';
import { isRefused } from '../../../kits/store-kit/refusal.ts';
import { CHANNEL } from '../../../kits/store-kit/session.ts';
import type { SharedStore } from '../../../kits/store-kit/shared-store.ts';
import { storeLost } from '../../../kits/store-kit/store-lost.ts';
import { TopicReader } from '../../../kits/store-kit/topic-reader.ts';
import type { Limit } from '../limits/limits.ts';
import { recordOf, type KeyFile } from './key-file.ts';
import type { AllStored, Changes, KeyStore, Table, Tables } from './key-store.ts';
import { rowOf, takeOver } from './take-over.ts';
import { STEPS } from './steps.ts';

/** The topic of a notification that keys or limits have changed. */
export const TOPIC = 'keys';
const TELL = `SELECT pg_notify('${CHANNEL}', '${TOPIC}')`;
const UNIQUE = '23505';

/** A version that no row has. */
const UNSEEN = 0;

interface StoredRow {
  readonly data: string;
  readonly used: number | null;
}

/** The version of each row, by its id. */
type Known = { readonly [Name in Table]: Map<string, number> };

interface Parts {
  readonly store: SharedStore;
  /** the last known state, for a start without PostgreSQL */
  readonly copy: KeyFile;
  /** this gateway's keys from before it used PostgreSQL, which an empty database takes over */
  readonly before: KeyFile;
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'info'>;
}

/**
 * Keys that gateways share in PostgreSQL. Each change notifies all of them. A missed notification costs only time: the
 * tables are also read when the connection is back, and at intervals.
 */
export class KeyTables implements KeyStore {
  readonly #parts: Parts;
  readonly #reader: TopicReader;
  /** settles once the first read has ended */
  readonly #firstRead = Promise.withResolvers<void>();
  #isMigrated = false;
  /** The tables were read once. From then on the known state counts, also while PostgreSQL is unreachable. */
  #isCurrent = false;
  #known: Known = { keys: new Map(), limits: new Map() };
  #listener: (changes: Changes) => void = () => undefined;
  /** Own changes and updates do not overlap: a row that an update does not find was removed, rather than not yet added. */
  readonly #queue = new SerialQueue();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#reader = new TopicReader(parts.store, TOPIC, async () => {
      await this.#firstRead.promise;
      await this.#queue.run(() => this.#update());
    });
  }

  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  async read(): Promise<AllStored | undefined> {
    const { store, copy, log } = this.#parts;
    const known = await copy.read();
    this.#known = {
      keys: new Map(known.keys.map(({ record }) => [record.id, UNSEEN])),
      limits: new Map(known.limits.map(({ id }) => [id, UNSEEN])),
    };
    try {
      const { changes, now } = await this.#changes();
      this.#known = now;
      this.#isCurrent = true;
      return { keys: changes.keys, limits: changes.limits };
    } catch (error) {
      if (error instanceof Newer || isRefused(error)) {
        await store.close();
        throw new GatewayError('config_invalid', `store: ${(error as Error).message}`, { cause: error });
      }
      const isKnown = known.keys.length > 0;
      log.warn(
        isKnown
          ? `keys are those that this gateway knew last, for PostgreSQL cannot be asked: ${(error as Error).message}`
          : `no request is answered that may need a key until PostgreSQL has told the keys: ${(error as Error).message}`,
      );
      return isKnown ? known : undefined;
    } finally {
      this.#firstRead.resolve();
    }
  }

  add<Name extends Table>(table: Name, record: Tables[Name]): Promise<void> {
    return this.#changed(table, record, async (ask) => {
      await ask(`INSERT INTO switchyard_${table} (id, name, data) VALUES ($1, $2, $3)`, valuesOf(record));
      this.#known[table].set(record.id, UNSEEN);
    });
  }

  change<Name extends Table>(
    table: Name,
    id: string,
    edit: (stored: Tables[Name]) => Tables[Name],
  ): Promise<Tables[Name] | undefined> {
    return this.#changed(table, { name: id }, async (ask) => {
      const [row] = await ask<StoredRow>(`SELECT data FROM switchyard_${table} WHERE id = $1 FOR UPDATE`, [
        id,
      ]);
      if (!row) return undefined;
      const record = edit(
        (table === 'keys' ? recordOf(row.data) : JSON.parse(row.data)) as unknown as Tables[Name],
      );
      await ask(
        `UPDATE switchyard_${table} SET name = $2, data = $3, changed = nextval('switchyard_changes') WHERE id = $1`,
        valuesOf(record),
      );
      return record;
    });
  }

  remove(table: Table, id: string): Promise<void> {
    return this.#changed(table, { name: id }, async (ask) => {
      await ask(`DELETE FROM switchyard_${table} WHERE id = $1`, [id]);
    });
  }

  async saveActivities(used: ReadonlyMap<string, number | null>): Promise<void> {
    if (used.size === 0) return;
    await this.#parts.store.postgres.query(
      `UPDATE switchyard_keys SET used = greatest(used, at)
       FROM json_to_recordset($1::text::json) AS news (key TEXT, at BIGINT) WHERE id = key`,
      [JSON.stringify([...used].map(([key, at]) => ({ key, at })))],
    );
  }

  onChange(listener: (changes: Changes) => void): void {
    this.#listener = listener;
  }

  async close(): Promise<void> {
    this.#reader.close();
    await this.#queue.idle();
    this.#parts.copy.close();
    this.#parts.before.close();
  }

  /** The difference to the known state, and the new one. @throws PostgreSQL's error, or that it is unreachable */
  async #changes(): Promise<{ readonly changes: Changes; readonly now: Known }> {
    const { store, copy, log } = this.#parts;
    await this.#migrate();
    const read = await store.postgres.within(async (ask) => {
      // Both tables as they are at one moment.
      await ask('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
      const now = { keys: await versionsOf(ask, 'keys'), limits: await versionsOf(ask, 'limits') };
      const keys = await this.#changedRows<StoredRow>(ask, 'keys', now, 'data, used');
      const limits = await this.#changedRows<StoredRow>(ask, 'limits', now, 'data');
      const gone = (table: Table) => [...this.#known[table].keys()].filter((id) => !now[table].has(id));
      const changes: Changes = {
        keys: keys.map(({ data, used }) => ({ record: recordOf(data), usedEpochMs: used })),
        limits: limits.map(({ data }) => JSON.parse(data) as Limit),
        removed: { keys: gone('keys'), limits: gone('limits') },
      };
      return { changes, now };
    });
    await copy.follow(read.changes).catch((error: Error) => log.warn(`keys: ${error.message}`));
    return read;
  }

  /** Rows whose version differs from the known one. */
  async #changedRows<One extends object>(
    ask: Ask,
    table: Table,
    now: Known,
    columns: string,
  ): Promise<One[]> {
    const changed = [...now[table]].filter(([id, version]) => this.#known[table].get(id) !== version);
    if (changed.length === 0) return [];
    return ask<One>(
      `SELECT ${columns} FROM switchyard_${table} WHERE id IN (SELECT json_array_elements_text($1::text::json))
       ORDER BY changed, id`,
      [JSON.stringify(changed.map(([id]) => id))],
    );
  }

  async #update(): Promise<void> {
    try {
      const { changes, now } = await this.#changes();
      const { keys, limits, removed } = changes;
      const count = keys.length + limits.length + removed.keys.length + removed.limits.length;
      if (count > 0) this.#apply(changes);
      this.#isCurrent = true;
      this.#known = now;
    } catch (error) {
      if (error instanceof Newer || error instanceof NotApplied || isRefused(error))
        this.#parts.log.warn(`keys cannot be read: ${(error as Error).message}`);
    }
  }

  /** @throws NotApplied: the known state stays as it was, so that the next update finds the same changes */
  #apply(changes: Changes): void {
    try {
      this.#listener(changes);
    } catch (error) {
      throw new NotApplied((error as Error).message, { cause: error });
    }
  }

  async #migrate(): Promise<void> {
    if (this.#isMigrated) return;
    const { store, before, log } = this.#parts;
    await migrate(store.postgres, 'keys', STEPS);
    await takeOver(store.postgres, before, log);
    this.#isMigrated = true;
  }

  /** @throws GatewayError `action_conflict`, `store_unavailable` */
  async #changed<T>(
    table: Table,
    { name }: { readonly name: string | null },
    work: (ask: Ask) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.#queue.run(() =>
        this.#parts.store.postgres.within(async (ask) => {
          const done = await work(ask);
          await ask(TELL);
          return done;
        }),
      );
    } catch (error) {
      if (error instanceof GatewayError) throw error;
      if ((error as { code?: unknown }).code === UNIQUE) throw isTaken(table, name);
      throw storeLost('it is not known whether anything was saved', error as Error);
    }
  }
}

/** A change that could not be put in force. */
class NotApplied extends Error {}

const valuesOf = (record: Tables[Table]): unknown[] => Object.values(rowOf(record));

async function versionsOf(ask: Ask, table: Table): Promise<Map<string, number>> {
  const rows = await ask<{ id: string; changed: number }>(`SELECT id, changed FROM switchyard_${table}`);
  return new Map(rows.map(({ id, changed }) => [id, changed]));
}

const isTaken = (table: Table, name: string | null): GatewayError =>
  new GatewayError(
    'action_conflict',
    `there is a ${table === 'keys' ? 'key' : 'limit'} '${name}', made at another gateway; choose another name`,
    { param: 'name' },
  );

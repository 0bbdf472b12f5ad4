import type { FastifyBaseLogger } from 'fastify';
import { GatewayError } from '../../../core/errors.ts';
import { migrate, Newer } from '../../../kits/store-kit/migrate.ts';
import { isRefused, type Ask } from '../../../kits/store-kit/postgres.ts';
import { CHANNEL } from '../../../kits/store-kit/session.ts';
import type { SharedStore } from '../../../kits/store-kit/shared-store.ts';
import { storeLost } from '../../../kits/store-kit/store-lost.ts';
import type { Limit } from '../limits/limits.ts';
import { recordOf, type KeyFile } from './key-file.ts';
import type { AllStored, Changes, KeyStore, Table, Tables } from './key-store.ts';
import { STEPS } from './steps.ts';

/** What is told when something has changed. */
export const TOPIC = 'keys';
const TELL = `SELECT pg_notify('${CHANNEL}', '${TOPIC}')`;
/** beats between two looks at what was not heard of */
const LOOK_EVERY = 5;
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
  /** what was known last, for a start without PostgreSQL */
  readonly copy: KeyFile;
  /** the keys of before PostgreSQL, which an empty one takes over */
  readonly before: KeyFile;
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'info'>;
}

/**
 * Keys that gateways share in PostgreSQL. Each change is told to all of them; what could not be told is seen when the
 * connection is there again, and by a look now and then.
 */
export class KeyTables implements KeyStore {
  readonly #parts: Parts;
  #isMigrated = false;
  #isRead = false;
  /** All was read once: what is known since then holds while PostgreSQL cannot be asked. */
  #isCurrent = false;
  #known: Known = { keys: new Map(), limits: new Map() };
  #beats = 0;
  #listener: (changes: Changes) => void = () => undefined;
  #isLookWanted = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
    const { store } = parts;
    store.onNews(TOPIC, () => this.#look());
    store.onFound(() => this.#look());
    store.onBeat(() => void (++this.#beats % LOOK_EVERY === 0 && this.#look()));
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
      this.#isRead = true;
      if (this.#isLookWanted) void this.#inTurn(() => this.#lookNow());
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
    await this.#turn;
    this.#parts.copy.close();
    this.#parts.before.close();
  }

  /** What differs from what was known, and what is known then. @throws what PostgreSQL said, or that it cannot be asked */
  async #changes(): Promise<{ readonly changes: Changes; readonly now: Known }> {
    const { store, copy, log } = this.#parts;
    if (!this.#isMigrated) await this.#migrate();
    const looked = await store.postgres.within(async (ask) => {
      // Both tables as they are at one moment.
      await ask('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
      const now = { keys: await versionsOf(ask, 'keys'), limits: await versionsOf(ask, 'limits') };
      const keys = await this.#others<StoredRow>(ask, 'keys', now, 'data, used');
      const limits = await this.#others<StoredRow>(ask, 'limits', now, 'data');
      const gone = (table: Table) => [...this.#known[table].keys()].filter((id) => !now[table].has(id));
      const changes: Changes = {
        keys: keys.map(({ data, used }) => ({ record: recordOf(data), usedEpochMs: used })),
        limits: limits.map(({ data }) => JSON.parse(data) as Limit),
        removed: { keys: gone('keys'), limits: gone('limits') },
      };
      return { changes, now };
    });
    await copy.follow(looked.changes).catch((error: Error) => log.warn(`keys: ${error.message}`));
    return looked;
  }

  /** Rows that are of another version than those that are known. */
  async #others<One extends object>(ask: Ask, table: Table, now: Known, columns: string): Promise<One[]> {
    const others = [...now[table]].filter(([id, changed]) => this.#known[table].get(id) !== changed);
    if (others.length === 0) return [];
    return ask<One>(
      `SELECT ${columns} FROM switchyard_${table} WHERE id IN (SELECT json_array_elements_text($1::text::json))
       ORDER BY changed, id`,
      [JSON.stringify(others.map(([id]) => id))],
    );
  }

  /** One waits at most: it sees everything. */
  #look(): void {
    if (this.#isLookWanted) return;
    this.#isLookWanted = true;
    if (this.#isRead) void this.#inTurn(() => this.#lookNow());
  }

  async #lookNow(): Promise<void> {
    this.#isLookWanted = false;
    try {
      const { changes, now } = await this.#changes();
      const { keys, limits, removed } = changes;
      const count = keys.length + limits.length + removed.keys.length + removed.limits.length;
      if (count > 0) this.#take(changes);
      this.#isCurrent = true;
      this.#known = now;
    } catch (error) {
      if (error instanceof Newer || error instanceof Untaken || isRefused(error))
        this.#parts.log.warn(`keys cannot be read: ${(error as Error).message}`);
    }
  }

  /** @throws Untaken: they are not known then, and the next look sees them again */
  #take(changes: Changes): void {
    try {
      this.#listener(changes);
    } catch (error) {
      throw new Untaken((error as Error).message, { cause: error });
    }
  }

  /** Own changes and looks do not overlap: what a look does not find was removed, and is not yet to come. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(work);
    this.#turn = next.catch(() => undefined);
    return next;
  }

  /** An empty PostgreSQL gets the keys that this gateway had, or it would be open to all. */
  async #migrate(): Promise<void> {
    const { store, before, log } = this.#parts;
    await migrate(store.postgres, 'keys', STEPS);
    const { keys, limits } = await before.read();
    if (keys.length + limits.length > 0) {
      const taken = await store.postgres.within(async (ask) => {
        await ask('LOCK TABLE switchyard_keys IN EXCLUSIVE MODE');
        const [row] = await ask<{ last: number }>(
          'SELECT last_value + is_called::int AS last FROM switchyard_changes',
        );
        if (row!.last > 1) return false;
        const rows = keys.map(({ record, usedEpochMs }) => ({ ...rowOf(record), used: usedEpochMs }));
        await ask(
          `INSERT INTO switchyard_keys (id, name, data, used) SELECT id, name, data, used
           FROM json_to_recordset($1::text::json) AS rows (id TEXT, name TEXT, data TEXT, used BIGINT)`,
          [JSON.stringify(rows)],
        );
        await ask(
          `INSERT INTO switchyard_limits (id, name, data) SELECT id, name, data
           FROM json_to_recordset($1::text::json) AS rows (id TEXT, name TEXT, data TEXT)`,
          [JSON.stringify(limits.map(rowOf))],
        );
        return true;
      });
      if (taken)
        log.info(`PostgreSQL has taken over ${keys.length} keys and ${limits.length} limits of keys.db`);
    }
    this.#isMigrated = true;
  }

  /** @throws GatewayError `action_conflict`, `store_unavailable` */
  async #changed<T>(
    table: Table,
    { name }: { readonly name: string | null },
    work: (ask: Ask) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.#inTurn(() =>
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

/** What has changed could not be put in force. */
class Untaken extends Error {}

const rowOf = (record: Tables[Table]) => ({ id: record.id, name: record.name, data: JSON.stringify(record) });
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

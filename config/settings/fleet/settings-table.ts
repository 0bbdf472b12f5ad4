import { randomUUID } from 'node:crypto';
import type { Overrides } from '../../../core/contracts/index.ts';
import { migrate } from '../../../kits/store-kit/migrate.ts';
import type { Postgres } from '../../../kits/store-kit/postgres.ts';
import { plain } from '../../../kits/store-kit/plain-text.ts';
import { CHANNEL } from '../../../kits/store-kit/session.ts';
import { STEPS } from './steps.ts';
import type { SealedKeys } from './sealed-keys.ts';

/** The topic of a notification that the settings have changed. */
export const TOPIC = 'settings';
/** The form of `data` that this gateway writes, and the newest that it reads. */
const FORM = 1;
/** changes that are kept, for an operator that wants to know what was */
const KEPT = 100;
const UNIQUE = '23505';
/** Time is PostgreSQL's: clocks of gateways may differ. */
const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

/** The settings of all gateways after a change. */
export interface Revision {
  readonly revision: number;
  /** Numbers come again where PostgreSQL was restored from a backup; ids do not. */
  readonly id: string;
  /** the gateway that made the change */
  readonly node: string;
  readonly content: Content;
}

export interface Content {
  readonly overrides: Overrides;
  /** the keys that the overrides refer to */
  readonly keys?: SealedKeys;
}

/** Another gateway was first: the change is made again on what that one has made of the settings. */
export class Outrun extends Error {}

/** A newer gateway has written the settings, in a form that this one does not know. */
export class NewerForm extends Error {}

interface NodeRow {
  readonly id: string;
  readonly name: string;
  readonly revision: number;
  readonly problem: string | null;
}

interface Row {
  readonly revision: number;
  readonly id: string;
  readonly node: string;
  readonly data: string;
}

/** The settings in PostgreSQL. */
export class SettingsTable {
  readonly #postgres: Postgres;
  readonly #node: string;
  #isMigrated = false;

  /** @param node this gateway's name, for the others */
  constructor(postgres: Postgres, node: string) {
    this.#postgres = postgres;
    this.#node = node;
  }

  /** The id of the last change; undefined: there was none yet. */
  async lastId(): Promise<string | undefined> {
    await this.#ready();
    const rows = await this.#postgres.query<{ id: string }>(
      'SELECT id FROM switchyard_settings ORDER BY revision DESC LIMIT 1',
    );
    return rows[0]?.id;
  }

  /** @returns undefined: nothing was ever changed @throws NewerForm */
  async last(): Promise<Revision | undefined> {
    await this.#ready();
    const [row] = await this.#postgres.query<Row>(
      'SELECT revision, id, node, data FROM switchyard_settings ORDER BY revision DESC LIMIT 1',
    );
    if (!row) return undefined;
    const { form, ...content } = JSON.parse(row.data) as Content & { readonly form: number };
    if (form > FORM) throw new NewerForm('a newer gateway has written them: update this one');
    return { revision: row.revision, id: row.id, node: row.node, content };
  }

  /**
   * Makes these the settings of all gateways.
   * @param before what they are made from
   * @throws Outrun where that is not the last change any more
   */
  async add(content: Content, before: Revision | undefined): Promise<Revision> {
    await this.#ready();
    const added = { revision: (before?.revision ?? 0) + 1, id: randomUUID(), node: this.#node };
    const data = JSON.stringify({ form: FORM, ...content });
    try {
      await this.#postgres.within(async (ask) => {
        const rows = await ask(
          `INSERT INTO switchyard_settings (revision, id, node, at, data) SELECT $1::bigint, $2, $3, ${NOW}, $4
           WHERE (SELECT id FROM switchyard_settings ORDER BY revision DESC LIMIT 1) IS NOT DISTINCT FROM $5
           RETURNING revision`,
          [added.revision, added.id, added.node, data, before?.id ?? null],
        );
        if (rows.length === 0) throw new Outrun();
        await ask('DELETE FROM switchyard_settings WHERE revision <= $1', [added.revision - KEPT]);
        await ask(`SELECT pg_notify('${CHANNEL}', '${TOPIC}')`);
      });
    } catch (error) {
      throw (error as { code?: unknown }).code === UNIQUE ? new Outrun() : error;
    }
    return { ...added, content };
  }

  /** Which settings this gateway has. @param keptMs until what others have told is removed */
  async tellNode({ id, name, revision, problem }: NodeRow, keptMs: number): Promise<void> {
    await this.#ready();
    await this.#postgres.query(
      `INSERT INTO switchyard_nodes (id, name, revision, problem, at) VALUES ($1, $2, $3::bigint, $4, ${NOW})
       ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, problem = excluded.problem, at = excluded.at`,
      [id, plain(name), revision, plain(problem)],
    );
    await this.#postgres.query(`DELETE FROM switchyard_nodes WHERE at < ${NOW} - $1::bigint`, [keptMs]);
  }

  async forgetNode(id: string): Promise<void> {
    await this.#postgres.query('DELETE FROM switchyard_nodes WHERE id = $1', [id]);
  }

  /** By name. */
  async nodes(sinceMs: number): Promise<(NodeRow & { readonly agoMs: number })[]> {
    await this.#ready();
    return this.#postgres.query(
      `SELECT id, name, revision, problem, ${NOW} - at AS "agoMs" FROM switchyard_nodes
       WHERE at > ${NOW} - $1::bigint ORDER BY name, id LIMIT 1000`,
      [sinceMs],
    );
  }

  async #ready(): Promise<void> {
    if (!this.#isMigrated) await migrate(this.#postgres, 'settings', STEPS);
    this.#isMigrated = true;
  }
}

import type { Finding } from '../../kits/shared-kit/index.ts';
import { migrate, type Step } from '../../kits/store-kit/migrate.ts';
import { CHANNEL } from '../../kits/store-kit/session.ts';
import { NOW_MS, type Postgres } from '../../kits/store-kit/postgres.ts';
import type { Alert } from './alert.ts';

const STEPS: readonly Step[] = [
  {
    up: `CREATE TABLE switchyard_told (
        about TEXT PRIMARY KEY, type TEXT NOT NULL, level INTEGER NOT NULL, until BIGINT NOT NULL
      );
      CREATE TABLE switchyard_alerts (
        nth BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY, at BIGINT NOT NULL, data TEXT NOT NULL
      );
      CREATE TABLE switchyard_alerts_due (
        alert BIGINT NOT NULL REFERENCES switchyard_alerts (nth) ON DELETE CASCADE, webhook TEXT NOT NULL,
        PRIMARY KEY (alert, webhook)
      );`,
    down: 'DROP TABLE switchyard_alerts_due, switchyard_alerts, switchyard_told;',
  },
];
/** The topic of the notification that an alert is due. */
export const TOPIC = 'alerts';
/** ms for which an alert is tried */
const KEPT_MS = 86_400_000;

/** An alert that is to go to one webhook. */
export interface Due {
  readonly nth: number;
  readonly webhook: string;
  readonly alert: Alert;
}

/** Alerts of all gateways, in PostgreSQL until they are delivered, and the last alert about each subject. */
export class AlertTables {
  readonly #postgres: Postgres;
  #migrated: Promise<unknown> | undefined;

  constructor(postgres: Postgres) {
    this.#postgres = postgres;
  }

  /** @returns false: another gateway has written the same */
  async add(
    { about, type, level, ms }: Finding,
    alert: Alert,
    webhooks: readonly string[],
  ): Promise<boolean> {
    await this.#ready();
    return this.#postgres.within(async (ask) => {
      const told = await ask(
        `INSERT INTO switchyard_told AS told (about, type, level, until) VALUES ($1, $2, $3, ${NOW_MS} + $4::bigint)
         ON CONFLICT (about) DO UPDATE SET type = excluded.type, level = excluded.level, until = excluded.until
         WHERE told.type <> excluded.type OR told.level < excluded.level OR told.until <= ${NOW_MS}
         RETURNING about`,
        [about, type, level, ms],
      );
      if (told.length === 0) return false;
      const [row] = await ask<{ nth: number }>(
        `INSERT INTO switchyard_alerts (at, data) VALUES (${NOW_MS}, $1) RETURNING nth`,
        [JSON.stringify(alert)],
      );
      for (const webhook of webhooks)
        await ask('INSERT INTO switchyard_alerts_due (alert, webhook) VALUES ($1, $2)', [row!.nth, webhook]);
      await ask(`SELECT pg_notify('${CHANNEL}', '${TOPIC}')`);
      return true;
    });
  }

  /** Those that are not delivered yet, the oldest first. */
  async due(): Promise<Due[]> {
    await this.#ready();
    const rows = await this.#postgres.query<{ nth: number; webhook: string; data: string }>(
      `SELECT nth, webhook, data FROM switchyard_alerts JOIN switchyard_alerts_due ON alert = nth ORDER BY nth LIMIT 1000`,
    );
    return rows.map(({ nth, webhook, data }) => ({ nth, webhook, alert: JSON.parse(data) as Alert }));
  }

  async done({ nth, webhook }: Due): Promise<void> {
    await this.#postgres.query('DELETE FROM switchyard_alerts_due WHERE alert = $1 AND webhook = $2', [
      nth,
      webhook,
    ]);
  }

  /** Removes old alerts, and subjects that may be reported again. */
  async clean(): Promise<void> {
    await this.#ready();
    await this.#postgres.query(
      `DELETE FROM switchyard_alerts WHERE at < ${NOW_MS} - ${KEPT_MS}; DELETE FROM switchyard_told WHERE until < ${NOW_MS}`,
    );
  }

  #ready(): Promise<unknown> {
    const migrated = (this.#migrated ??= migrate(this.#postgres, 'alerts', STEPS));
    migrated.catch(() => (this.#migrated = undefined));
    return migrated;
  }
}

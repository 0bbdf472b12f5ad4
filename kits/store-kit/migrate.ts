import type { Ask, Postgres } from './postgres.ts';

/** One version of a part's tables, and the way back. */
export interface Step {
  readonly up: string;
  readonly down: string;
  /** A gateway that does not know this step cannot work with its tables: most steps only add. */
  readonly breaks?: true;
}

/** A newer gateway has changed the tables, and this one cannot work with them. */
export class Newer extends Error {}

/** The number under which all migrations wait for each other. */
const LOCK = 7_998_001;

const VERSIONS = `CREATE TABLE IF NOT EXISTS switchyard_versions
  (part TEXT PRIMARY KEY, version INTEGER NOT NULL, least INTEGER NOT NULL)`;

/**
 * Brings a part's tables to a version, forward or back, all or nothing. Of several gateways that start at once one does
 * it, and the others find it done.
 * @returns the version that they have now
 */
export function migrate(
  postgres: Postgres,
  part: string,
  steps: readonly Step[],
  to?: number,
): Promise<number> {
  return postgres.within(async (ask) => {
    await ask('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await ask(VERSIONS);
    const { version, least } = await versionOf(ask, part);
    if (least > steps.length)
      throw new Newer(
        `its tables of ${part} are of version ${version}, and this gateway knows ${steps.length}: start the newer gateway again, or restore a backup of before it`,
      );
    // An older gateway leaves what a newer one has added.
    const wanted = to ?? Math.max(version, steps.length);
    for (const { up } of steps.slice(version, wanted)) await ask(up);
    for (const { down } of steps.slice(wanted, version).toReversed()) await ask(down);
    const needed = steps.slice(0, wanted).findLastIndex(({ breaks }) => breaks) + 1;
    await ask(
      `INSERT INTO switchyard_versions (part, version, least) VALUES ($1, $2, $3)
       ON CONFLICT (part) DO UPDATE SET version = excluded.version, least = greatest(excluded.least, $4)`,
      [part, wanted, needed, to === undefined ? least : needed],
    );
    return wanted;
  });
}

async function versionOf(ask: Ask, part: string): Promise<{ version: number; least: number }> {
  const [row] = await ask<{ version: number; least: number }>(
    'SELECT version, least FROM switchyard_versions WHERE part = $1',
    [part],
  );
  return row ?? { version: 0, least: 0 };
}

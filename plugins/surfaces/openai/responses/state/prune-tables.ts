import { NOW_MS, type Postgres } from '../../../../../kits/store-kit/postgres.ts';
import type { StateSettings } from './rows.ts';

/** The lock of the one gateway that removes old rows. */
const LOCK = 'SELECT pg_try_advisory_xact_lock(7998003) AS got';
/** ms for which removed ids are kept */
const KEEP_REMOVED_MS = 86_400_000;

/** The earlier of two clocks: a gateway whose clock is ahead removes nothing too soon. */
const NOW = `least($1::bigint, ${NOW_MS})`;

const NEWEST = `SELECT id, count(*) OVER newest AS nth, sum(bytes) OVER newest AS total
  FROM switchyard_responses WHERE bytes > 0
  WINDOW newest AS (ORDER BY at DESC, id DESC ROWS UNBOUNDED PRECEDING)`;

/** Removes rows past their age, and then the oldest, down to the allowed number and size. @param now ms since 1970 */
export function pruneTables(
  postgres: Postgres,
  { keepMs, count, size }: StateSettings,
  now: number,
): Promise<void> {
  return postgres.within(async (ask) => {
    const [lock] = await ask<{ got: boolean }>(LOCK);
    if (!lock?.got) return;
    await ask(
      `DELETE FROM switchyard_responses WHERE bytes > 0 AND at < ${NOW} - $2::bigint OR bytes = 0 AND at < ${NOW} - $3::bigint`,
      [now, keepMs, KEEP_REMOVED_MS],
    );
    await ask(
      `DELETE FROM switchyard_responses WHERE id IN (SELECT id FROM (${NEWEST}) AS sorted WHERE nth > $1 OR total > $2)`,
      [count, size],
    );
    await ask(`DELETE FROM switchyard_makers WHERE at < ${NOW} - $2::bigint`, [now, keepMs]);
    await ask(
      `DELETE FROM switchyard_makers WHERE id IN (SELECT id FROM switchyard_makers ORDER BY at DESC, id DESC OFFSET $1)`,
      [count],
    );
  });
}

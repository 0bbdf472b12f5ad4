import type { FastifyBaseLogger } from 'fastify';
import type { Postgres } from '../../../kits/store-kit/postgres.ts';
import type { KeyFile } from './key-file.ts';
import type { Table, Tables } from './key-store.ts';

/** Puts the keys and limits of this gateway's file into an empty PostgreSQL, which would otherwise be open to all. */
export async function takeOver(
  postgres: Pick<Postgres, 'within'>,
  before: KeyFile,
  log: Pick<FastifyBaseLogger, 'info'>,
): Promise<void> {
  const { keys, limits } = await before.read();
  if (keys.length + limits.length === 0) return;
  const isTaken = await postgres.within(async (ask) => {
    await ask('LOCK TABLE switchyard_keys IN EXCLUSIVE MODE');
    const [row] = await ask<{ last: number }>(
      'SELECT last_value + is_called::int AS last FROM switchyard_changes',
    );
    // The sequence has moved: keys or limits were added before.
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
  if (isTaken)
    log.info(`PostgreSQL has taken over ${keys.length} keys and ${limits.length} limits of keys.db`);
}

export const rowOf = (record: Tables[Table]) => ({
  id: record.id,
  name: record.name,
  data: JSON.stringify(record),
});

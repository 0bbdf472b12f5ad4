import type { Postgres } from '../../kits/store-kit/postgres.ts';
import { digestsIn } from './row-ids.ts';

/** rows that are read at once: their data may be long */
const ROWS = 50;
const LOCK = 'SELECT pg_try_advisory_xact_lock(7998005) AS got';
const FIND = `SELECT last, first, node, since, data FROM switchyard_requests WHERE ids IS NULL ORDER BY last DESC LIMIT ${ROWS}`;
const FILL = `UPDATE switchyard_requests AS old SET ids = new.ids FROM json_to_recordset($1::text::json)
  AS new (last TEXT, first TEXT, node TEXT, since BIGINT, ids BIGINT[])
  WHERE (old.last, old.first, old.node, old.since) = (new.last, new.first, new.node, new.since)`;

interface Row {
  readonly data: string;
}

/**
 * Gives rows of older gateways their ids, some at a time, by one gateway at a time. Not as a migration, which would read all of the
 * table while others wait for it.
 * @returns whether there may be more
 */
export function fillIds(postgres: Postgres): Promise<boolean> {
  return postgres.within(async (ask) => {
    const [lock] = await ask<{ got: boolean }>(LOCK);
    if (!lock?.got) return false;
    const rows = await ask<Row>(FIND);
    if (rows.length > 0) await ask(FILL, [JSON.stringify(rows.map(withIds))]);
    return rows.length === ROWS;
  });
}

const withIds = ({ data, ...place }: Row): object => ({ ...place, ids: digestsIn(data) });

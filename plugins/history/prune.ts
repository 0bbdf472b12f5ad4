import type { DatabaseSync } from 'node:sqlite';
import type { MinutesTable } from './minutes-table.ts';

const DAY = 86_400_000;
/** Statistics cover 30 days, however long requests are kept. */
const STATISTICS = 31 * DAY;
/** Age at which minutes are merged into hours. */
const FOLD = 2 * DAY;
/**
 * Share of the size limit that the file may reach, since the write-ahead log takes space too; and the share left after
 * pruning.
 */
const FULL = 0.8;
const ENOUGH = 0.7;

/** Deletes old records. @param now ms since 1970 */
export function pruneByAge(database: DatabaseSync, minutes: MinutesTable, keep: number, now: number): void {
  database.prepare('DELETE FROM requests WHERE until < ?').run(now - keep);
  database.prepare('DELETE FROM states WHERE at < ?').run(now - keep);
  minutes.fold(now - FOLD);
  for (const table of ['minutes', 'uptime'])
    database.prepare(`DELETE FROM ${table} WHERE at < ?`).run(now - STATISTICS);
}

/** Deletes until the file fits into `size` bytes: the oldest requests first, then the oldest of the rest. */
export function pruneBySize(database: DatabaseSync, size: number): boolean {
  if (used(database) < size * FULL) return false;
  for (const table of ['requests', 'states', 'minutes', 'uptime']) {
    while (used(database) > size * ENOUGH) {
      const { changes } = database
        .prepare(
          `DELETE FROM ${table} WHERE rowid IN
           (SELECT rowid FROM ${table} ORDER BY rowid LIMIT 1 + (SELECT count(*) FROM ${table}) / 10)`,
        )
        .run();
      if (changes === 0) break;
    }
  }
  return true;
}

/** Returns free pages to the disk. Not within a transaction. */
export function shrink(database: DatabaseSync): void {
  database.exec('PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)');
}

/** Bytes of the pages in use. */
function used(database: DatabaseSync): number {
  const number = (name: string): number =>
    Object.values(database.prepare(`PRAGMA ${name}`).get() as Record<string, number>)[0] as number;
  return (number('page_count') - number('freelist_count')) * number('page_size');
}

import type { DatabaseSync } from 'node:sqlite';

/** Runs it in a transaction: all or nothing. One that failed and stayed open would hold what is written after it. */
export function within<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const done = work();
    database.exec('COMMIT');
    return done;
  } catch (error) {
    // A full disk has already ended the transaction.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

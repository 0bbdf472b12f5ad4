import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { migrations } from './migrations.ts';

/** ms that another gateway with the same folder is waited for */
const PATIENCE = 2_000;
/** SQLite's pages, bytes: rows are long, and four times its usual takes a third less to write them */
const PAGE = 16_384;
/** pages that may wait in the write-ahead log */
const AHEAD = 250;

/** What SQLite calls a file that is none of its own, or is broken. */
const BROKEN: ReadonlySet<unknown> = new Set([11, 26]);

/**
 * Opens the file, or makes it, and brings it to the version that is read here.
 * @param say tells the operator what could not be read and where it is now
 * @throws where the disk does not let it
 */
export function open(file: string, size: number, say: (text: string) => void): DatabaseSync {
  try {
    return opened(file, size);
  } catch (error) {
    if (!isBroken(error)) throw error;
    setAside(file, error as Error, say);
    return opened(file, size);
  }
}

export function isBroken(error: unknown): boolean {
  return error instanceof Newer || BROKEN.has((error as { errcode?: number }).errcode);
}

/** Nothing is thrown away: somebody may want to look at it, or to go back to a newer gateway. */
export function setAside(file: string, { message }: Error, say: (text: string) => void): void {
  const aside = `${file}.broken-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  renameSync(file, aside);
  if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${aside}-wal`);
  rmSync(`${file}-shm`, { force: true });
  say(`${file} cannot be used (${message}); it is ${aside} now, and history starts again`);
}

class Newer extends Error {}

function opened(file: string, size: number): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true });
  // SQLite would make it readable for all.
  closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file, { timeout: PATIENCE });
  try {
    const version = versionOf(database);
    if (version > migrations.length)
      throw new Newer(`it is of version ${version}, and this gateway knows ${migrations.length}`);
    database.exec(`
      PRAGMA page_size = ${PAGE};
      PRAGMA auto_vacuum = INCREMENTAL;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA wal_autocheckpoint = ${Math.max(8, Math.min(AHEAD, Math.floor(size / PAGE / 16)))};
      PRAGMA journal_size_limit = ${Math.min(AHEAD * PAGE, Math.floor(size / 8))};`);
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    // Another gateway may have taken the same steps meanwhile.
    for (const step of migrations.slice(versionOf(database))) database.exec(step);
    database.exec(`PRAGMA user_version = ${migrations.length}; COMMIT`);
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function versionOf(database: DatabaseSync): number {
  return (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
}

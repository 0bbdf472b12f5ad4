import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** ms to wait for another gateway that uses the same folder */
const PATIENCE = 2_000;
/** SQLite's page size in bytes: rows are long, and with four times the default a third less is written */
const PAGE = 16_384;
/** most pages in the write-ahead log */
const AHEAD = 250;

/** SQLite's error codes for a file that is not a database, or is damaged. */
const BROKEN: ReadonlySet<unknown> = new Set([11, 26]);

export interface DatabaseSettings {
  readonly file: string;
  /** from an empty file to the current version; `PRAGMA user_version` holds how many have run */
  readonly migrations: readonly string[];
  /** bytes that the file is to have at most; the write-ahead log is kept small beside it */
  readonly size: number;
}

/**
 * Opens or creates the file, and migrates it to the current version. A file that is damaged, or that a newer gateway wrote,
 * is set aside.
 * @param say tells the operator which file could not be read and where it is now
 * @throws where the disk does not permit it
 */
export function openOrSetAside(settings: DatabaseSettings, say: (text: string) => void): DatabaseSync {
  try {
    return openDatabase(settings);
  } catch (error) {
    if (!isBroken(error)) throw error;
    setAside(settings.file, error as Error, say);
    return openDatabase(settings);
  }
}

export function isBroken(error: unknown): boolean {
  return error instanceof Newer || BROKEN.has((error as { errcode?: number }).errcode);
}

/** The old file is kept: the operator may want to inspect it, or to go back to a newer gateway. */
export function setAside(file: string, { message }: Error, say: (text: string) => void): void {
  const aside = `${file}.broken-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  renameSync(file, aside);
  if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${aside}-wal`);
  rmSync(`${file}-shm`, { force: true });
  say(`${file} cannot be used (${message}); it is ${aside} now, and what was in it starts again`);
}

class Newer extends Error {}

/** The same where the file must not be lost. @throws where it cannot be read */
export function openDatabase({ file, migrations, size }: DatabaseSettings): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true });
  // SQLite would make it readable for all users.
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
    migrate(database, migrations);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: DatabaseSync, migrations: readonly string[]): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    // Another gateway may have run the same migrations meanwhile.
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

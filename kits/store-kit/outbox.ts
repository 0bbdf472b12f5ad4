import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openOrSetAside } from './open-database.ts';
import { within } from './within.ts';

const MIGRATIONS = [
  'CREATE TABLE batches (nth INTEGER PRIMARY KEY, id TEXT NOT NULL, isSent INTEGER NOT NULL, data TEXT NOT NULL) STRICT;',
];
const SIZE = 2 ** 26;

export interface Batch<One> {
  readonly id: string;
  readonly rows: readonly One[];
}

/** Adds further rows to those that wait. */
type Merge<One> = (waiting: readonly One[], rows: readonly One[]) => readonly One[];

/**
 * What is to be written elsewhere, on disk until it is certain that it was: each batch has an id, under which it may be sent
 * several times and counts once. What was never sent is added up, so that a long wait takes no more room than a short one.
 */
export class Outbox<One> {
  readonly #database: DatabaseSync;
  readonly #merged: Merge<One>;
  readonly #most: number;

  /** @param most rows in a batch that is sent */
  constructor(
    file: string,
    say: (text: string) => void,
    { most, merged }: { readonly most: number; readonly merged: Merge<One> },
  ) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    this.#database = openOrSetAside({ file, migrations: MIGRATIONS, size: SIZE }, say);
    this.#merged = merged;
    this.#most = most;
  }

  /** bytes that wait */
  get bytes(): number {
    const row = this.#database.prepare('SELECT coalesce(sum(length(data)), 0) AS bytes FROM batches').get();
    return (row as { bytes: number }).bytes;
  }

  add(rows: readonly One[]): void {
    const waiting = this.#database.prepare('SELECT nth, data FROM batches WHERE isSent = 0').get();
    const before = waiting ? (JSON.parse(waiting.data as string) as One[]) : [];
    const data = JSON.stringify(this.#merged(before, rows));
    if (waiting)
      this.#database.prepare('UPDATE batches SET data = ? WHERE nth = ?').run(data, waiting.nth as number);
    else this.#insert(0, data);
  }

  /** The oldest batch, which does not change any more. */
  next(): Batch<One> | undefined {
    const sent = this.#database
      .prepare('SELECT id, data FROM batches WHERE isSent = 1 ORDER BY nth LIMIT 1')
      .get();
    if (sent) return { id: sent.id as string, rows: JSON.parse(sent.data as string) as One[] };
    const waiting = this.#database.prepare('SELECT data FROM batches WHERE isSent = 0').get();
    if (!waiting) return undefined;
    const rows = JSON.parse(waiting.data as string) as One[];
    within(this.#database, () => {
      this.#database.exec('DELETE FROM batches WHERE isSent = 0');
      for (let at = 0; at < rows.length; at += this.#most)
        this.#insert(1, JSON.stringify(rows.slice(at, at + this.#most)));
    });
    return this.next();
  }

  remove(id: string): void {
    this.#database.prepare('DELETE FROM batches WHERE id = ?').run(id);
    this.#database.exec('PRAGMA incremental_vacuum');
  }

  /** It cannot be written: it stays in the file, for an operator, and others go on. */
  setAside(id: string): void {
    this.#database.prepare('UPDATE batches SET isSent = 2 WHERE id = ?').run(id);
  }

  close(): void {
    this.#database.close();
  }

  #insert(isSent: number, data: string): void {
    this.#database
      .prepare('INSERT INTO batches (id, isSent, data) VALUES (?, ?, ?)')
      .run(randomUUID(), isSent, data);
  }
}

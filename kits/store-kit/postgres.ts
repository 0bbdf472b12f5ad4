import type { Client, QueryResult } from 'pg';
import { GatewayError } from '../../core/errors.ts';
import { Connections, type Listening } from './connections.ts';
import { HeldConnection } from './held-connection.ts';
import { readUrl } from './postgres-url.ts';
import { readTls, type TlsSettings } from './tls-files.ts';

/** How PostgreSQL is reached: plain data, because it is posted to threads. */
export interface PostgresSettings {
  readonly url: string;
  /** most connections of one user of it */
  readonly pool: number;
  readonly tls?: TlsSettings | undefined;
}

export type Row = Record<string, unknown>;
/** Runs one query. Without values it may have several statements. */
export type Ask = <One extends object = Row>(text: string, values?: readonly unknown[]) => Promise<One[]>;

/** ms that a question may take, with a connection for it, before PostgreSQL counts as unreachable */
const PATIENCE_MS = 5_000;
/** ms that what runs gets to end when all is closed */
const MOMENT_MS = 1_000;

/**
 * Connections to PostgreSQL. A question without an answer in time fails, and its connection is closed. It may have been
 * executed, so each must be safe to repeat.
 */
export class Postgres {
  readonly #connections: Connections;
  readonly #running = new Map<Promise<unknown>, (error: Error) => void>();
  #closing: Promise<void> | undefined;

  private constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** Connects with the first question. @throws GatewayError `config_invalid` if its package is missing, or the URL is none */
  static async open({ url, pool, tls }: PostgresSettings, listening: Listening = {}): Promise<Postgres> {
    const read = async () => readUrl(url, tls && (await readTls(tls)));
    const [pg, first] = await Promise.all([loaded(), read()]);
    return new Postgres(new Connections(pg, first, { ...listening, max: pool, read }));
  }

  readonly query: Ask = (text, values) => this.#inTime((client) => this.#ask(client, text, values));

  /** All or nothing, on one connection. What it asks later than that fails. */
  within<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    return this.#inTime(async (client) => {
      let isOver = false;
      const ask: Ask = async (text, values) => {
        if (isOver) throw new Error('the transaction has ended');
        return this.#ask(client, text, values);
      };
      try {
        await ask('BEGIN');
        const done = await work(ask);
        isOver = true;
        const { command } = await this.#run(client, 'COMMIT');
        if (command !== 'COMMIT')
          throw new Error('nothing was written, because a statement before has failed');
        return done;
      } catch (error) {
        isOver = true;
        // One that cannot be rolled back is closed.
        await client.query('ROLLBACK').catch(() => client.connection.stream.destroy());
        throw error;
      }
    });
  }

  /** What runs gets a moment to end. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    const late = setTimeout(() => {
      for (const fail of this.#running.values()) fail(new Error('it was closed'));
      this.#connections.destroy();
    }, MOMENT_MS);
    await Promise.allSettled(this.#running.keys());
    await this.#connections.close();
    clearTimeout(late);
  }

  async #ask<One extends object>(client: Client, text: string, values?: readonly unknown[]): Promise<One[]> {
    const { rows } = await this.#run(client, text, values);
    return rows as One[];
  }

  /** @returns the result of the last of its statements */
  async #run(client: Client, text: string, values?: readonly unknown[]): Promise<QueryResult> {
    try {
      const results: QueryResult[] = [await client.query(text, values as unknown[])].flat();
      return results.at(-1) as QueryResult;
    } catch (error) {
      throw this.#connections.error(client) ?? error;
    }
  }

  async #inTime<T>(work: (client: Client) => Promise<T>): Promise<T> {
    if (this.#closing) throw new Error('it was closed');
    const late = Promise.withResolvers<never>();
    const held = new HeldConnection(this.#connections);
    const fail = (error: Error): void => {
      held.giveBack(false);
      late.reject(error);
    };
    const timer = setTimeout(() => {
      fail(new Error(held.isTaken ? 'it does not answer' : 'no connection was free'));
      this.#connections.closeIdle();
    }, PATIENCE_MS);
    const settled = Promise.race([held.during(work), late.promise]);
    this.#running.set(settled, fail);
    try {
      return await settled;
    } finally {
      clearTimeout(timer);
      this.#running.delete(settled);
    }
  }
}

/** ms since 1970 by PostgreSQL's clock: those of gateways differ, and jump, and what is too old is removed for all of them. */
export const NOW_MS = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

async function loaded() {
  try {
    return await import('pg');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new GatewayError(
      'config_invalid',
      "store.use: 'postgres' needs the package pg, an optional dependency that is not installed: run npm install --include=optional",
    );
  }
}

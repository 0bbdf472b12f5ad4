import { readFile } from 'node:fs/promises';
import type { Options, PostgresType, Sql } from 'postgres';
import { GatewayError } from '../../core/errors.ts';

/** How PostgreSQL is reached: plain data, because it is posted to threads. */
export interface PostgresSettings {
  readonly url: string;
  /** most connections of one user of it */
  readonly pool: number;
  readonly tls?: TlsSettings | undefined;
}

export interface TlsSettings {
  /** files in PEM */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** false: any certificate will do */
  readonly verify?: boolean | undefined;
}

export type Row = Record<string, unknown>;
/** Runs one query. Without values it may have several statements. */
export type Ask = <One extends object = Row>(text: string, values?: readonly unknown[]) => Promise<One[]>;

/** Events of one connection. */
export interface Listening {
  readonly notified?: (topic: string, text: string) => void;
  readonly closed?: () => void;
}

/** ms that a query may take before PostgreSQL counts as unreachable */
const PATIENCE_MS = 5_000;
/** s that a connection may take */
const CONNECT_S = 3;

type Client = Sql;
type All = Options<Record<string, PostgresType>> & {
  readonly onnotify?: Listening['notified'] | undefined;
  readonly connection?: Readonly<Record<string, string | number>>;
};

/**
 * Connections to PostgreSQL. A query without an answer in time fails, and its connections are closed. It may have been
 * executed, so each query must be safe to repeat.
 */
export class Postgres {
  readonly #connect: () => Client;
  #client: Client;

  private constructor(connect: () => Client) {
    this.#connect = connect;
    this.#client = connect();
  }

  /** Connects with the first question. @throws GatewayError `config_invalid` if its package is missing, or the URL is none */
  static async open(
    { url, pool, tls }: PostgresSettings,
    { notified, closed }: Listening = {},
  ): Promise<Postgres> {
    const [{ default: client }, ssl] = await Promise.all([loaded(), tls && secured(tls)]);
    // What is listened to ends with its connection.
    const lasts = notified ? { max_lifetime: null, idle_timeout: 0 } : { idle_timeout: 60 };
    const options: All = {
      ...lasts,
      ...(ssl && { ssl }),
      max: pool,
      connect_timeout: CONNECT_S,
      fetch_types: false,
      backoff: () => 0.2,
      onnotice: () => undefined,
      onnotify: notified,
      onclose: () => closed?.(),
      connection: { application_name: 'switchyard' },
      types: {
        // All whole numbers here are safe ones.
        whole: { to: 20, from: [20, 1700], serialize: String, parse: (text: string) => Number(text) },
      },
    };
    try {
      return new Postgres(() => client(url, options));
    } catch (error) {
      throw new GatewayError('config_invalid', `store.url: ${(error as Error).message}`);
    }
  }

  readonly query: Ask = (text, values) => this.#inTime(this.#client, (client) => asked(client, text, values));

  /** All or nothing. */
  within<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    return this.#inTime(this.#client, async (client) => {
      const done = await client.begin((transaction) =>
        work((text, values) => asked(transaction as unknown as Client, text, values)),
      );
      return done as T;
    });
  }

  /** What runs gets a moment to end. */
  close(): Promise<void> {
    return this.#client.end({ timeout: 1 });
  }

  async #inTime<T>(client: Client, work: (client: Client) => Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error('it does not answer')), PATIENCE_MS);
    late.promise.catch(() => this.#giveUp(client));
    try {
      return await Promise.race([work(client), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #giveUp(client: Client): void {
    if (client !== this.#client) return;
    this.#client = this.#connect();
    void client.end({ timeout: 0 });
  }
}

const asked = <One extends object>(client: Client, text: string, values?: readonly unknown[]) =>
  client.unsafe<One[]>(text, values as never[], { prepare: values !== undefined }) as unknown as Promise<
    One[]
  >;

/** ms since 1970 by PostgreSQL's clock: those of gateways differ, and jump, and what is too old is removed for all of them. */
export const NOW_MS = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

/** Whether PostgreSQL itself has refused, and would again: it was not lost. */
export const isRefused = (error: unknown): boolean =>
  (error as Error).name === 'PostgresError' && !/^(08|53|57|40|25006)/.test((error as { code: string }).code);

async function secured({ ca, cert, key, verify = true }: TlsSettings): Promise<Record<string, unknown>> {
  const files = Object.entries({ ca, cert, key }).filter((entry): entry is [string, string] => !!entry[1]);
  const read = files.map(async ([name, file]) => {
    try {
      return [name, await readFile(file, 'utf8')];
    } catch (error) {
      throw new GatewayError('config_invalid', `store.tls.${name}: ${(error as Error).message}`);
    }
  });
  return { ...Object.fromEntries(await Promise.all(read)), rejectUnauthorized: verify };
}

async function loaded() {
  try {
    return await import('postgres');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new GatewayError(
      'config_invalid',
      "store.use: 'postgres' needs the package postgres, an optional dependency that is not installed: run npm install",
    );
  }
}

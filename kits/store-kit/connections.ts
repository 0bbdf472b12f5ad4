import type { Client, ClientConfig, Pool } from 'pg';
import type { PostgresUrl } from './postgres-url.ts';
import { isRefused } from './refusal.ts';

/** Events of one connection. */
export interface Listening {
  readonly notified?: (topic: string, text: string) => void;
  readonly closed?: () => void;
}

interface Given extends Listening {
  /** most connections at once */
  readonly max: number;
  /** Called before new connections: the files of TLS are renewed while the gateway runs. */
  readonly read: () => Promise<PostgresUrl>;
}

type State = 'connecting' | 'used' | 'idle';

const CONNECT_MS = 3_000;
const IDLE_MS = 60_000;
/** s; a later connection finds the server that has the name by then */
const LIFETIME_S = 45 * 60;
/** ms of silence before TCP probes it */
const PROBE_MS = 60_000;
/** int8 and numeric: all whole numbers here are safe ones. */
const NUMBERS = [20, 1700];

/** The connections of one user of PostgreSQL. Where a host is lost, new ones go to the next. */
export class Connections {
  readonly #pg: typeof import('pg');
  readonly #given: Given;
  readonly #pool: Pool;
  /** those that have a socket */
  readonly #states = new Map<Client, State>();
  /** why they are lost */
  readonly #errors = new WeakMap<Client, Error>();
  /** those whose server is the right one */
  readonly #fit = new WeakSet<Client>();
  #url: PostgresUrl;
  /** of the way that new ones take */
  #nth = 0;

  constructor(pg: typeof import('pg'), url: PostgresUrl, given: Given) {
    this.#pg = pg;
    this.#given = given;
    this.#url = url;
    // What is listened to ends with its connection.
    const lasts = given.notified
      ? { idleTimeoutMillis: 0 }
      : { idleTimeoutMillis: IDLE_MS, maxLifetimeSeconds: LIFETIME_S };
    this.#pool = new pg.Pool({ max: given.max, ...lasts, Client: this.#clientClass() });
    this.#pool.on('acquire', (client) => this.#is(client, 'used'));
    this.#pool.on('release', (_, client) => this.#is(client, 'idle'));
    // The pool has removed it.
    this.#pool.on('error', () => undefined);
  }

  /** @returns one that its caller has alone until it is given back @throws if no host can be connected to */
  async take(): Promise<Client> {
    if (this.#pool.idleCount === 0) this.#url = await this.#given.read().catch(() => this.#url);
    const { length } = this.#url.ways;
    for (let left = length - 1; ; left--) {
      const nth = this.#nth;
      try {
        return await this.#takeFit();
      } catch (error) {
        if (left === 0 || isRefused(error)) throw error;
        if (this.#nth === nth) this.#nth = (nth + 1) % length;
      }
    }
  }

  /** @param isUsable false: it is closed at once */
  give(client: Client, isUsable: boolean): void {
    if (!isUsable) client.connection.stream.destroy();
    (client as { release?: (isClosed: boolean) => void }).release?.(!isUsable);
  }

  /** Why it is lost; undefined: it is not. */
  error(client: Client): Error | undefined {
    return this.#errors.get(client);
  }

  /** Closes those at once that are in no use: a server that does not answer one does not answer them. */
  closeIdle(): void {
    for (const [client, state] of this.#states) if (state === 'idle') client.connection.stream.destroy();
  }

  /** Closes each when it is given back. @returns settles when all are closed */
  async close(): Promise<void> {
    const ends = [...this.#states.keys()].map(
      (client) => new Promise<void>((resolve) => void client.on('end', resolve)),
    );
    await Promise.all([this.#pool.end(), ...ends]);
  }

  destroy(): void {
    for (const client of this.#states.keys()) client.connection.stream.destroy();
  }

  async #takeFit(): Promise<Client> {
    const client: Client = await this.#pool.connect().catch((error: unknown) => {
      throw explained(error);
    });
    if (this.#fit.has(client)) return client;
    try {
      if (this.#url.isPrimary) await this.#assertWrites(client);
      this.#fit.add(client);
      return client;
    } catch (error) {
      this.give(client, false);
      throw error;
    }
  }

  async #assertWrites(client: Client): Promise<void> {
    const late = setTimeout(() => client.connection.stream.destroy(), CONNECT_MS);
    try {
      const { rows } = await client.query<{ transaction_read_only: string }>('SHOW transaction_read_only');
      if (rows[0]?.transaction_read_only !== 'off') throw new Error(`${client.host} takes no writes`);
    } finally {
      clearTimeout(late);
    }
  }

  #is(client: Client, state: State): void {
    if (this.#states.has(client)) this.#states.set(client, state);
  }

  #clientClass(): new () => Client {
    const configure = () => this.#config();
    const states = this.#states;
    const errors = this.#errors;
    const fit = this.#fit;
    const { notified, closed } = this.#given;
    return class extends this.#pg.Client {
      constructor() {
        super(configure());
        states.set(this, 'connecting');
        // The first one has the reason: what follows is that the socket is closed.
        this.on('error', (error) => void (errors.has(this) || errors.set(this, error)));
        this.on('notification', ({ channel, payload = '' }) => notified?.(channel, payload));
        this.on('end', () => {
          states.delete(this);
          // Of the others none has heard.
          if (fit.has(this)) closed?.();
        });
      }
    };
  }

  #config(): ClientConfig {
    const { session, password, ways } = this.#url;
    const { types } = this.#pg;
    const parserOf = (oid: number, format: 'text'): unknown =>
      NUMBERS.includes(oid) ? Number : types.getTypeParser(oid, format);
    return {
      ...session,
      ...ways[this.#nth % ways.length],
      password: () => passwordOf(password),
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: PROBE_MS,
      types: { getTypeParser: parserOf as typeof types.getTypeParser },
    };
  }
}

/** Asked for where the server wants one: pg would read that of `.pgpass`. */
function passwordOf(password = process.env.PGPASSWORD): string {
  if (password) return password;
  throw Object.assign(new Error('it wants a password, and store.url has none'), {
    severity: 'FATAL',
    code: '28P01',
  });
}

/** Errors of a host with several addresses have no message, and pg says of silence only that a time is over. */
function explained(error: unknown): unknown {
  if (error instanceof AggregateError) return error.errors[0];
  if ((error as Error).message !== 'timeout expired') return error;
  return new Error(`it does not answer a connection in ${CONNECT_MS / 1000} s`, { cause: error });
}

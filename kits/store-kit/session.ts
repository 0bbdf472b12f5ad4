import { setTimeout as sleep } from 'node:timers/promises';
import { Postgres, type PostgresSettings } from './postgres.ts';
import { isRefused } from './refusal.ts';

interface Listener {
  readonly notified: (topic: string, text: string) => void;
  readonly found: () => void;
  readonly lost: (why: string) => void;
  readonly beat: () => void;
}

/** The channel of the gateways' notifications. */
export const CHANNEL = 'switchyard';
/** ms between two heartbeats, and between two attempts to connect */
const BEAT_MS = 1_000;
const AGAIN_MS = 500;
/** PostgreSQL ends the session, and with it the lead, of a gateway that hangs for longer. */
const SILENCE = "SET idle_session_timeout = '15s'";
/** Key of the leader's advisory lock. */
const LOCK = 7_998_002;

/**
 * One lasting connection: it receives notifications, is the heartbeat, and holds the leader's lock.
 */
export class Session {
  isLeader = false;
  readonly #settings: PostgresSettings;
  readonly #listener: Listener;
  readonly #closing = new AbortController();
  readonly #tried = Promise.withResolvers<Error | undefined>();
  readonly #running: Promise<void>;

  constructor(settings: PostgresSettings, listener: Listener) {
    this.#settings = settings;
    this.#listener = listener;
    this.#running = this.#run();
  }

  /**
   * Settles when PostgreSQL has answered or refused, at the latest after `patienceMs`.
   * @returns why it refuses, such as a wrong password; undefined: it does not, or has not answered
   */
  async first(patienceMs: number): Promise<Error | undefined> {
    const late = new AbortController();
    const tooLate = sleep(patienceMs, undefined, { signal: late.signal }).catch(() => undefined);
    const refused = await Promise.race([this.#tried.promise, tooLate]);
    late.abort();
    return refused;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const error = await this.#live().catch((thrown: unknown) => thrown as Error);
      this.isLeader = false;
      if (error && !signal.aborted) this.#listener.lost(error.message);
      this.#tried.resolve(error && isRefused(error) ? error : undefined);
      await this.#pause(AGAIN_MS);
    }
  }

  /** Settles when the connection is lost or closed. */
  async #live(): Promise<void> {
    const { notified, found, beat } = this.#listener;
    const { signal } = this.#closing;
    const lost = new AbortController();
    const connection = await Postgres.open(
      { ...this.#settings, pool: 1 },
      { notified: (_, text) => notified(...split(text)), closed: () => lost.abort() },
    );
    try {
      await connection.query(`LISTEN ${CHANNEL}; ${SILENCE}`);
      for (let isFirst = true; !signal.aborted; isFirst = false) {
        await this.#lead(connection);
        if (lost.signal.aborted) throw new Error('the connection has ended');
        if (isFirst) found();
        this.#tried.resolve(undefined);
        beat();
        await this.#pause(BEAT_MS, lost.signal);
        if (lost.signal.aborted) throw new Error('the connection has ended');
      }
    } finally {
      await connection.close();
    }
  }

  async #lead(connection: Postgres): Promise<void> {
    if (this.isLeader) return void (await connection.query('SELECT 1'));
    const [row] = await connection.query<{ got: boolean }>(`SELECT pg_try_advisory_lock(${LOCK}) AS got`);
    this.isLeader = row?.got === true;
  }

  async #pause(ms: number, ...ends: readonly AbortSignal[]): Promise<void> {
    const signal = AbortSignal.any([this.#closing.signal, ...ends]);
    await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** A notification's topic and its text. */
function split(text: string): [string, string] {
  const [topic = '', ...rest] = text.split(' ');
  return [topic, rest.join(' ')];
}

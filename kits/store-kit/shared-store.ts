import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import { GatewayError } from '../../core/errors.ts';
import { Postgres, type PostgresSettings } from './postgres.ts';
import { Session } from './session.ts';

/** Data of one part that waits in files until PostgreSQL is reachable. */
export interface Waiting {
  /** bytes in files */
  readonly bytes: number;
  /** rows dropped, because too many waited */
  readonly lost: number;
}

/** Settings that gateways share. */
export interface SettingsStanding {
  /** number of the change in force here; 0: none */
  readonly revision: number;
  /** why a later one is not in force; null: this is the last one, or PostgreSQL is unreachable */
  readonly problem: string | null;
}

/** State of the store, as the management API shows it. */
export interface StoreStanding {
  readonly use: 'postgres';
  /** why it is unreachable; null: it is reachable */
  readonly problem: string | null;
  /** This gateway does the jobs that run once in all gateways. */
  readonly isLeader: boolean;
  /** null: they are not read yet */
  readonly settings: SettingsStanding | null;
  readonly waiting: Readonly<Record<string, Waiting>>;
}

/** A gateway that shares its settings, as it has told last. */
export interface SharingNode extends SettingsStanding {
  /** of its process */
  readonly id: string;
  readonly name: string;
  readonly isUp: boolean;
  readonly agoMs: number;
}

interface Given {
  readonly settings: PostgresSettings;
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'info'>;
}

/** ms that the start waits for the first answer */
const PATIENCE_MS = 3_000;

/** The PostgreSQL that gateways share: whether it is reachable, notifications of changes, and which gateway leads. */
export class SharedStore {
  readonly settings: PostgresSettings;
  readonly postgres: Postgres;
  /** why it is unreachable; undefined: it is reachable */
  problem: string | undefined = 'it has not answered yet';
  /** by part: why the last answer has only this gateway's own data */
  readonly missing = new Map<string, string | undefined>();
  /** undefined: they are not read yet */
  sharedSettings: SettingsStanding | undefined;
  /** this process, for the others */
  readonly id = randomUUID();
  /** Those that share the settings, this one included. @throws where PostgreSQL does not answer */
  nodes: () => Promise<readonly SharingNode[]> = async () => [];
  /** Requests are refused until it has answered once. */
  isWaitedFor: () => boolean = () => false;
  readonly #log: Given['log'];
  readonly #session: Session;
  readonly #waiting = new Map<string, Waiting>();
  readonly #listeners = new Map<string, (text: string) => void>();
  readonly #closing: (() => Promise<void>)[] = [];
  readonly #foundListeners = new Set<() => void>();
  readonly #beatListeners = new Set<() => void>();
  #hasWarned = false;

  private constructor(postgres: Postgres, { settings, log }: Given) {
    this.settings = settings;
    this.postgres = postgres;
    this.#log = log;
    this.#session = new Session(settings, {
      notified: (topic, text) => this.#listeners.get(topic)?.(text),
      found: () => this.#found(),
      lost: (why) => this.#lost(why),
      beat: () => this.#beatListeners.forEach((listener) => listener()),
    });
  }

  /** @throws GatewayError `config_invalid` if its package is missing, the URL is none, or PostgreSQL refuses it */
  static async open(given: Given): Promise<SharedStore> {
    const store = new SharedStore(await Postgres.open(given.settings), given);
    const refused = await store.#session.first(PATIENCE_MS);
    if (refused) {
      await store.close();
      throw new GatewayError('config_invalid', `store.url: PostgreSQL refuses: ${refused.message}`);
    }
    if (store.problem !== undefined) store.#warn();
    return store;
  }

  get isLeader(): boolean {
    return this.#session.isLeader;
  }

  get standing(): StoreStanding {
    const waiting = Object.fromEntries(this.#waiting);
    const { problem = null, isLeader, sharedSettings: settings = null } = this;
    return { use: 'postgres', problem, isLeader, settings, waiting };
  }

  /** Calls it with each notification of a topic, by this gateway or another. @returns unsubscribes */
  onNotification(topic: string, listener: (text: string) => void): () => void {
    this.#listeners.set(topic, listener);
    return () => {
      if (this.#listeners.get(topic) === listener) this.#listeners.delete(topic);
    };
  }

  /** Calls it whenever PostgreSQL is reachable again: notifications in between were missed. @returns unsubscribes */
  onFound(listener: () => void): () => void {
    this.#foundListeners.add(listener);
    return () => void this.#foundListeners.delete(listener);
  }

  /** Calls it after each heartbeat, about once a second. @returns unsubscribes */
  onBeat(listener: () => void): () => void {
    this.#beatListeners.add(listener);
    return () => void this.#beatListeners.delete(listener);
  }

  /** Sets what a part has in its files. */
  waits(part: string, waiting: Waiting): void {
    this.#waiting.set(part, waiting);
  }

  /** Calls it while PostgreSQL can still be asked. */
  onClose(listener: () => Promise<void>): void {
    this.#closing.push(listener);
  }

  async close(): Promise<void> {
    await Promise.all(this.#closing.map((listener) => listener().catch(() => undefined)));
    await Promise.all([this.#session.close(), this.postgres.close()]);
  }

  #found(): void {
    this.problem = undefined;
    if (this.#hasWarned) this.#log.info('PostgreSQL is reachable again, and gets what waited for it');
    this.#hasWarned = false;
    for (const listener of this.#foundListeners) listener();
  }

  #lost(why: string): void {
    const isNews = this.problem === undefined;
    this.problem = why;
    if (isNews) this.#warn();
  }

  #warn(): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#log.warn(
      `PostgreSQL cannot be asked, requests go on with what is known here, and what is to be kept waits in files: ${this.problem}`,
    );
  }
}

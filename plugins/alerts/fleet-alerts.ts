import { createHash } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import type { Finding } from '../../kits/shared-kit/index.ts';
import type { SharedStore } from '../../kits/store-kit/shared-store.ts';
import { TopicReader } from '../../kits/store-kit/topic-reader.ts';
import type { Alert } from './alert.ts';
import { AlertTables, TOPIC, type Due } from './alert-tables.ts';
import type { Webhook } from './webhook.ts';

/** beats between two removals of old rows */
const CLEAN_EVERY = 3_600;
/** ms without a heartbeat after which a leader does not know whether it still leads; another one leads after 15 s */
const UNSURE_MS = 10_000;

/**
 * Alerts of gateways that share a PostgreSQL. An alert that several gateways find is stored there once, until the leader has
 * delivered it. If the leader ends, the next one continues.
 */
export class FleetAlerts {
  readonly #store: SharedStore;
  readonly #tables: AlertTables;
  readonly #webhooks: ReadonlyMap<string, Webhook>;
  readonly #log: Pick<FastifyBaseLogger, 'warn'>;
  readonly #reader: TopicReader;
  readonly #endBeats: () => void;
  /** alerts in the queue of a webhook here, and delivered ones whose row could not be removed yet */
  readonly #taken = new Map<string, 'waits' | 'done'>();
  #beatMs = -Infinity;
  /** in a row, as the leader */
  #beats = 0;

  constructor(store: SharedStore, webhooks: readonly Webhook[], log: Pick<FastifyBaseLogger, 'warn'>) {
    this.#store = store;
    this.#tables = new AlertTables(store.postgres);
    this.#webhooks = new Map(webhooks.map((webhook) => [idOf(webhook.url), webhook]));
    this.#log = log;
    this.#endBeats = store.onBeat(() => this.#beat());
    this.#reader = new TopicReader(store, TOPIC, () => this.#read());
  }

  close(): void {
    this.#endBeats();
    this.#reader.close();
  }

  /** @returns true: PostgreSQL could not be asked, so this gateway delivers it itself; false: the leader delivers it */
  async isOwn(finding: Finding, alert: Alert): Promise<boolean> {
    if (this.#store.problem !== undefined) return true;
    try {
      await this.#tables.add(finding, alert, [...this.#webhooks.keys()]);
      return false;
    } catch (error) {
      this.#log.warn(`alerts: PostgreSQL cannot take one: ${(error as Error).message}`);
      return true;
    }
  }

  get #leads(): boolean {
    return this.#store.isLeader && performance.now() - this.#beatMs < UNSURE_MS;
  }

  #beat(): void {
    this.#beatMs = performance.now();
    if (!this.#store.isLeader) {
      this.#beats = 0;
      this.#taken.clear();
      return;
    }
    if (this.#beats === 0) void this.#reader.read();
    if (this.#beats % CLEAN_EVERY === 0) this.#tables.clean().catch(() => undefined);
    this.#beats++;
  }

  async #read(): Promise<void> {
    if (!this.#leads) return;
    // What cannot be read now is read at a later beat.
    const due = await this.#tables.due().catch((): Due[] => []);
    for (const one of due) this.#take(one);
  }

  /** Puts it into the queue of its webhook, once. */
  #take(due: Due): void {
    const webhook = this.#webhooks.get(due.webhook);
    const name = nameOf(due);
    if (!webhook || !this.#leads) return;
    const taken = this.#taken.get(name);
    if (taken === 'done') void this.#done(due);
    if (taken || webhook.isFull) return;
    this.#taken.set(name, 'waits');
    webhook.add(due.alert, {
      isDue: () => this.#leads,
      ended: (isOver) => (isOver ? void this.#done(due) : void this.#taken.delete(name)),
    });
  }

  async #done(due: Due): Promise<void> {
    this.#taken.set(nameOf(due), 'done');
    try {
      await this.#tables.done(due);
      this.#taken.delete(nameOf(due));
    } catch {
      // It is still due there: its row is removed after the next read.
    }
  }
}

const nameOf = ({ nth, webhook }: Due): string => `${nth} ${webhook}`;

/** An address may have a secret in it. */
const idOf = (url: string): string => createHash('sha256').update(url).digest('base64url').slice(0, 22);

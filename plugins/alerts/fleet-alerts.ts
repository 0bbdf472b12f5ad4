import { createHash } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import type { Finding } from '../../kits/shared-kit/index.ts';
import type { SharedStore } from '../../kits/store-kit/shared-store.ts';
import type { Alert } from './alert.ts';
import { AlertTables, TOPIC, type Due } from './alert-tables.ts';
import type { Webhook } from './webhook.ts';

/** beats between two looks at what is due: it is told of, but may not be heard of */
const LOOK_EVERY = 5;
/** beats between two times that what is too old goes */
const CLEAN_EVERY = 3_600;
/** ms without a sign of life after which a leader does not know whether it still leads; another one leads after 15 s */
const UNSURE_MS = 10_000;

/**
 * Alerts of gateways that share a PostgreSQL. What several find is told once, and waits there until the leader has delivered it:
 * when that ends, the next leader goes on.
 */
export class FleetAlerts {
  readonly #store: SharedStore;
  readonly #tables: AlertTables;
  readonly #webhooks: ReadonlyMap<string, Webhook>;
  readonly #log: Pick<FastifyBaseLogger, 'warn'>;
  readonly #ends: readonly (() => void)[];
  /** those that are in the queue of a webhook here, or were delivered and are not known to be yet */
  readonly #taken = new Map<string, 'waits' | 'done'>();
  #beatMs = -Infinity;
  #beats = 0;
  #isLooking = false;
  #isLookWanted = false;

  constructor(store: SharedStore, webhooks: readonly Webhook[], log: Pick<FastifyBaseLogger, 'warn'>) {
    this.#store = store;
    this.#tables = new AlertTables(store.postgres);
    this.#webhooks = new Map(webhooks.map((webhook) => [idOf(webhook.url), webhook]));
    this.#log = log;
    this.#ends = [store.onNews(TOPIC, () => this.#look()), store.onBeat(() => this.#beat())];
  }

  close(): void {
    for (const end of this.#ends) end();
  }

  /** @returns false: it is told, by this gateway or by another one; true: PostgreSQL could not be asked */
  async isLeftToTell(finding: Finding, alert: Alert): Promise<boolean> {
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
    if (!this.#store.isLeader) return void this.#taken.clear();
    if (this.#beats % LOOK_EVERY === 0) this.#look();
    if (this.#beats % CLEAN_EVERY === 0) this.#tables.clean().catch(() => undefined);
    this.#beats++;
  }

  #look(): void {
    if (!this.#leads) return;
    this.#isLookWanted = true;
    if (!this.#isLooking) void this.#lookNow();
  }

  async #lookNow(): Promise<void> {
    this.#isLooking = true;
    while (this.#isLookWanted) {
      this.#isLookWanted = false;
      // What cannot be read now is read at a later beat.
      const due = await this.#tables.due().catch((): Due[] => []);
      for (const one of due) this.#take(one);
    }
    this.#isLooking = false;
  }

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
      // It is still due there, and is told to be done at the next look.
    }
  }
}

const nameOf = ({ nth, webhook }: Due): string => `${nth} ${webhook}`;

/** An address may have a secret in it. */
const idOf = (url: string): string => createHash('sha256').update(url).digest('base64url').slice(0, 22);

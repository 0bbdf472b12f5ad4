import { setTimeout as sleep } from 'node:timers/promises';
import { PartTables } from '../../../../../kits/store-kit/part-tables.ts';
import { plain } from '../../../../../kits/store-kit/plain-text.ts';
import type { Postgres, PostgresSettings } from '../../../../../kits/store-kit/postgres.ts';
import { Sending } from '../../../../../kits/store-kit/sending.ts';
import { CHANNEL } from '../../../../../kits/store-kit/session.ts';
import type { Waiting } from '../../../../../kits/store-kit/shared-store.ts';
import type { Asked, KeptResponse, MadeResponse, StateSettings } from './rows.ts';
import { SpoolSender } from './send-spool.ts';
import { STEPS } from './steps.ts';
import { TOPIC } from './topic.ts';
import type { StateStore } from './store.ts';

/** ms between two reads for a response that another gateway may not have sent yet, although its caller has it */
const LOOK_AGAIN_MS = [20, 50, 100, 200, 400];

interface Given {
  readonly postgres: PostgresSettings;
  readonly settings: StateSettings;
  /** what was made here */
  readonly own: StateStore;
  readonly say: (text: string) => void;
  readonly tell: (waiting: Waiting) => void;
}

/**
 * Responses that gateways share in PostgreSQL. Own responses are in the file first, and are read there; PostgreSQL is asked
 * for those of others.
 */
export class StateTables {
  readonly #own: StateStore;
  readonly #keepMs: number;
  readonly #tables: PartTables;
  readonly #sender: SpoolSender;
  readonly #sending: Sending;

  constructor({ postgres, settings, own, say, tell }: Given) {
    this.#own = own;
    this.#keepMs = settings.keepMs;
    this.#tables = new PartTables(postgres, 'responses', STEPS, say);
    this.#sender = new SpoolSender({ tables: this.#tables, settings, own, say, tell });
    this.#sending = new Sending(() => this.#sender.sendAll());
    this.#sending.soon();
  }

  save(kept: KeptResponse): boolean {
    const waiting = (): number => this.#own.spool((spool) => spool.waiting.count);
    const before = waiting();
    const isKept = this.#own.save(kept);
    if (isKept) this.#sender.lost(before + 1 - waiting());
    this.#sending.soon();
    return isKept;
  }

  async find(id: string, owner: string, asked: Asked): Promise<KeptResponse | undefined> {
    if (this.#own.has(id, asked)) return this.#own.find(id, owner, asked);
    return this.#look(asked, async (postgres) => {
      const [row] = await postgres.query<KeptResponse>(
        `SELECT id, owner, at, response, input FROM switchyard_responses
         WHERE id = $1 AND owner = $2 AND at >= $3 AND bytes > 0`,
        [plain(id), owner, asked.now - this.#keepMs],
      );
      return row;
    });
  }

  async maker(id: string, asked: Asked): Promise<MadeResponse | undefined> {
    const own = this.#own.maker(id, asked);
    if (own || this.#own.has(id, asked)) return own;
    const found = await this.#look(asked, async (postgres) => {
      const [row] = await postgres.query<MadeResponse | { readonly provider: null }>(
        `SELECT id, owner, provider, at FROM switchyard_makers WHERE id = $1 AND at >= $2
         UNION ALL SELECT id, NULL, NULL, NULL FROM switchyard_responses WHERE id = $1`,
        [plain(id), asked.now - this.#keepMs],
      );
      return row;
    });
    return found?.provider == null ? undefined : found;
  }

  /** It is gone at all gateways. @throws where PostgreSQL cannot be asked: it is removed nowhere then */
  async remove(id: string, owner: string, asked: Asked): Promise<boolean> {
    const postgres = await this.#open(asked);
    await this.#sending.now();
    const removed = await postgres.query(
      `WITH removed AS (
         UPDATE switchyard_responses SET response = '', input = '', bytes = 0, at = $3
         WHERE id = $1 AND owner = $2 AND bytes > 0 RETURNING id
       )
       SELECT pg_notify('${CHANNEL}', '${TOPIC} ' || id) FROM removed`,
      [plain(id), owner, asked.now],
    );
    return this.#own.remove(id, owner) || removed.length > 0;
  }

  /** Another gateway has removed it. */
  forget(id: string): void {
    this.#own.forget([id]);
  }

  saveMakers(made: readonly MadeResponse[]): void {
    this.#own.saveMakers(made);
    this.#sending.soon();
  }

  /** PostgreSQL is reachable again: notifications were missed. */
  found(): void {
    this.#sender.compareAgain();
    this.#sending.soon();
  }

  async close(): Promise<void> {
    await this.#sending.close();
    this.#own.close();
    await this.#tables.close();
  }

  async #open({ problem }: Asked): Promise<Postgres> {
    if (problem !== undefined) throw new Error(problem);
    return this.#tables.open();
  }

  /** A response that was just made elsewhere may arrive in a moment. */
  async #look<One>(
    asked: Asked,
    question: (postgres: Postgres) => Promise<One | undefined>,
  ): Promise<One | undefined> {
    const postgres = await this.#open(asked);
    for (const ms of asked.waits ? LOOK_AGAIN_MS : []) {
      const found = await question(postgres);
      if (found) return found;
      await sleep(ms);
    }
    return question(postgres);
  }
}

import type { FastifyBaseLogger } from 'fastify';
import type { Call, Trace } from '../../../core/contracts/index.ts';
import type { StoreThread } from '../../../kits/store-kit/store-thread.ts';
import {
  AMOUNTS,
  HOUR_MS,
  type Amounts,
  type Dimensions,
  type UsageLine,
  type UsageQuery,
} from './usage-row.ts';
import type { UsageStore } from './usage-store.ts';

/** ms between two times that usage is written */
const WRITE_EVERY_MS = 10_000;
/** Most rows that wait to be written: callers choose the names of models. Further ones have the name `OTHER`. */
const MOST = 10_000;
const OTHER = '(other models)';

/** Who used it. */
export type Holder = Pick<Dimensions, 'key' | 'owner' | 'labels'>;

interface Parts {
  readonly store: Pick<StoreThread<UsageStore>, 'ask' | 'close'>;
  readonly log: Pick<FastifyBaseLogger, 'warn'>;
  readonly date: () => number;
}

type Row = Dimensions & { readonly atEpochMs: number } & { -readonly [Name in keyof Amounts]: number };

const NOTHING: Amounts = Object.fromEntries(AMOUNTS.map((name) => [name, 0])) as Amounts;

/** Adds up the usage of keys in memory, and has it written now and then. */
export class UsageRecorder {
  readonly #parts: Parts;
  #rows = new Map<string, Row>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @param trace absent: the request named no model, and its tokens are not known */
  add(holder: Holder, { model }: Pick<Call, 'model'>, trace: Trace | undefined): void {
    const row = this.#row(holder, model, providerOf(trace));
    const usage = trace?.usage;
    row.requests += 1;
    if (trace && trace.ending !== 'complete' && trace.ending !== 'left') row.failed += 1;
    if (usage?.estimated) {
      row.estimatedPrompt += usage.prompt;
      row.estimatedCompletion += usage.completion;
    } else if (usage) {
      row.prompt += usage.prompt;
      row.completion += usage.completion;
    } else if (!trace || trace.ending === 'complete') row.unknown += 1;
    this.#timer ??= setTimeout(() => void this.write(), WRITE_EVERY_MS).unref();
  }

  /** What has come until now is in it. @throws where the disk cannot be read */
  async lines(query: UsageQuery): Promise<readonly UsageLine[]> {
    await this.write();
    return this.#parts.store.ask('lines', query);
  }

  /** What cannot be written is kept for the next time. */
  write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async close(): Promise<void> {
    await this.write();
    clearTimeout(this.#timer);
    await this.#parts.store.close();
  }

  async #write(): Promise<void> {
    if (this.#rows.size === 0) return;
    const { store, log, date } = this.#parts;
    const rows = this.#rows;
    this.#rows = new Map();
    try {
      await store.ask('add', [...rows.values()], date());
    } catch (error) {
      log.warn(`usage of keys could not be stored, and is tried again: ${(error as Error).message}`);
      for (const [name, row] of rows) {
        const since = this.#rows.get(name);
        if (since) for (const amount of AMOUNTS) row[amount] += since[amount];
        this.#rows.set(name, row);
      }
      this.#timer ??= setTimeout(() => void this.write(), WRITE_EVERY_MS).unref();
    }
  }

  #row(holder: Holder, asked: string, provider: string | null): Row {
    const now = this.#parts.date();
    const atEpochMs = now - (now % HOUR_MS);
    const model = this.#rows.size < MOST ? asked : OTHER;
    const name = JSON.stringify([atEpochMs, holder.key, holder.owner, holder.labels, model, provider]);
    let row = this.#rows.get(name);
    if (!row) this.#rows.set(name, (row = { atEpochMs, ...holder, model, provider, ...NOTHING }));
    return row;
  }
}

function providerOf(trace: Trace | undefined): string | null {
  const attempts = trace?.attempts ?? [];
  const attempt = attempts.findLast(({ outcome }) => outcome === 'answered') ?? attempts.at(-1);
  return attempt?.target.provider.name ?? null;
}

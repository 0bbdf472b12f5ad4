import type { FastifyBaseLogger } from 'fastify';
import type { Call, Provider, Target, Trace } from '../../../core/contracts/index.ts';
import type { StoreThread } from '../../../kits/store-kit/store-thread.ts';
import {
  COUNTED,
  HOUR_MS,
  type Counted,
  type Dimensions,
  type PricedRequest,
  type UsageLine,
  type UsageQuery,
  type UsageRow,
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

type Row = Omit<UsageRow, keyof Counted | 'priced'> & { -readonly [Name in keyof Counted]: number } & {
  readonly priced: PricedRequest[];
};

const NOTHING: Counted = Object.fromEntries(COUNTED.map((name) => [name, 0])) as Counted;

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
    const target = targetOf(trace);
    const row = this.#row(holder, model, target?.provider);
    const usage = trace?.usage;
    row.requests += 1;
    if (trace && trace.ending !== 'complete' && trace.ending !== 'left') row.failed += 1;
    if (usage?.estimated) {
      row.estimatedPrompt += usage.prompt;
      row.estimatedCompletion += usage.completion;
    } else if (usage) {
      row.prompt += usage.prompt;
      row.completion += usage.completion;
      row.cached += usage.cached ?? 0;
      row.cacheWritten += usage.cacheWritten ?? 0;
    } else if (!trace || trace.ending === 'complete') row.unknown += 1;
    if (usage && target) row.priced.push({ model: target.model === '*' ? target.name : target.model, usage });
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
        if (since) {
          for (const amount of COUNTED) row[amount] += since[amount];
          row.priced.push(...since.priced);
        }
        this.#rows.set(name, row);
      }
      this.#timer ??= setTimeout(() => void this.write(), WRITE_EVERY_MS).unref();
    }
  }

  #row(holder: Holder, asked: string, provider: Provider | undefined): Row {
    const now = this.#parts.date();
    const atEpochMs = now - (now % HOUR_MS);
    const model = this.#rows.size < MOST ? asked : OTHER;
    const { name: named = null, origin, process } = provider ?? {};
    const name = JSON.stringify([atEpochMs, holder.key, holder.owner, holder.labels, model, named]);
    let row = this.#rows.get(name);
    if (!row) {
      const place = { model, provider: named, origin, isFree: process !== undefined };
      this.#rows.set(name, (row = { atEpochMs, ...holder, ...place, ...NOTHING, priced: [] }));
    }
    return row;
  }
}

/** That answered, or was asked last. */
function targetOf(trace: Trace | undefined): Target | undefined {
  const attempts = trace?.attempts ?? [];
  return (attempts.findLast(({ outcome }) => outcome === 'answered') ?? attempts.at(-1))?.target;
}

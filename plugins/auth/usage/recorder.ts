import type { FastifyBaseLogger } from 'fastify';
import type { Attempt, Call, Provider, Target, Trace, Usage } from '../../../core/contracts/index.ts';
import type { StoreThread } from '../../../kits/store-kit/store-thread.ts';
import { NANO } from '../limits/limits.ts';
import {
  AMOUNTS,
  OTHER,
  HOUR_MS,
  type Amounts,
  type Dimensions,
  type UsageLine,
  type UsageQuery,
  type UsageRow,
} from './usage-row.ts';
import type { UsageStore } from './usage-store.ts';

/** ms between two times that usage is written */
const WRITE_EVERY_MS = 10_000;
/** Most names of models that wait to be written: callers choose them. Further ones have the name `OTHER`. */
const MOST = 10_000;

/** The holder of usage. */
export type Holder = Pick<Dimensions, 'key' | 'owner' | 'labels'>;

/** Dollars for each attempt; null: that is not known; undefined: it has no usage. */
export type Costs = readonly (number | null | undefined)[];

interface Parts {
  readonly store: Pick<StoreThread<UsageStore>, 'ask' | 'close'>;
  readonly log: Pick<FastifyBaseLogger, 'warn'>;
  readonly date: () => number;
  /** makes other threads write their usage; absent: there are none */
  readonly others?: () => Promise<unknown>;
}

type Row = Omit<UsageRow, keyof Amounts> & { -readonly [Name in keyof Amounts]: number };

/** What one key uses. The row of its last request is mostly the next one's, too, until rows are written. */
export class UsageOfKey {
  readonly holder: Holder;
  latest: Row | undefined;
  /** the name that it was asked for */
  asked = '';
  /** the number of writes before it */
  round = -1;

  constructor(holder: Holder) {
    this.holder = holder;
  }
}

const NONE: readonly never[] = [];
const NOTHING: Amounts = Object.fromEntries(AMOUNTS.map((name) => [name, 0])) as Amounts;

/** Adds up the usage of keys in memory, and has it written now and then. */
export class UsageRecorder {
  readonly #parts: Parts;
  #rows = new Map<string, Row>();
  #models = new Set<string>();
  /** changes with these */
  #round = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  readonly #adding = new Set<Promise<void>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * @param trace absent: the request named no model, and its tokens are not known
   * @param costs of its attempts
   * @param endedEpochMs when it was over
   */
  add(
    key: UsageOfKey,
    { model }: Pick<Call, 'model'>,
    trace: Trace | undefined,
    costs: Costs,
    endedEpochMs: number,
  ): void {
    const target = targetOf(trace);
    const row = this.#row(key, model, target?.provider, endedEpochMs);
    row.requests += 1;
    if (trace && trace.ending !== 'complete' && trace.ending !== 'left') row.failed += 1;
    if (trace?.saved) addSaved(row, trace.saved);
    else if (trace?.usage === undefined && (!trace || trace.ending === 'complete')) {
      row.unknown += 1;
      if (!target?.provider.process) row.unpriced += 1;
    }
    // Usage of further attempts counts, without another request.
    const attempts = trace?.attempts ?? NONE;
    for (let at = 0; at < attempts.length; at += 1) {
      const { usage, target: asked } = attempts[at] as Attempt;
      if (!usage) continue;
      const { provider } = asked;
      const own = provider === target?.provider ? row : this.#row(key, model, provider, endedEpochMs);
      addTo(own, usage, costs[at]);
    }
    this.#timer ??= setTimeout(() => void this.write(), WRITE_EVERY_MS).unref();
  }

  /** Something is added once this settles: it is waited for before anything is read or written. */
  wait(adding: Promise<void>): void {
    this.#adding.add(adding);
    void adding.finally(() => this.#adding.delete(adding));
  }

  /** What has come until now is in it. @throws where the disk cannot be read */
  async lines(query: UsageQuery): Promise<readonly UsageLine[]> {
    await Promise.all([this.write(), this.#parts.others?.()]);
    return this.#parts.store.ask('lines', query);
  }

  /** Rows that cannot be written are kept for the next write. */
  write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(async () => {
      await Promise.all(this.#adding);
      await this.#write();
    });
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
    this.#models = new Set();
    this.#round += 1;
    try {
      await store.ask('add', [...rows.values()], date());
    } catch (error) {
      log.warn(`usage of keys could not be stored, and is tried again: ${(error as Error).message}`);
      for (const [name, row] of rows) {
        const since = this.#rows.get(name);
        if (since) for (const amount of AMOUNTS) row[amount] += since[amount];
        this.#rows.set(name, row);
        this.#models.add(row.model);
      }
      this.#round += 1;
      this.#timer ??= setTimeout(() => void this.write(), WRITE_EVERY_MS).unref();
    }
  }

  #row(of: UsageOfKey, asked: string, provider: Provider | undefined, now: number): Row {
    const atEpochMs = now - (now % HOUR_MS);
    const { latest } = of;
    const named = provider?.name ?? null;
    const isLatest = of.round === this.#round && latest?.atEpochMs === atEpochMs;
    if (isLatest && of.asked === asked && latest.provider === named) return latest;
    const model = this.#models.size < MOST || this.#models.has(asked) ? asked : OTHER;
    const { key, owner, labels } = of.holder;
    const name = JSON.stringify([atEpochMs, key, owner, labels, model, named]);
    let row = this.#rows.get(name);
    if (!row) {
      this.#rows.set(name, (row = { ...NOTHING, atEpochMs, key, owner, labels, model, provider: named }));
      this.#models.add(model);
    }
    of.latest = row;
    of.asked = asked;
    of.round = this.#round;
    return row;
  }
}

/** What the upstream counted, what is estimated, and what it cost of each, are never added up. */
function addTo(row: Row, usage: Usage, cost: Costs[number]): void {
  const nano = Math.round((cost ?? 0) * NANO);
  if (typeof cost !== 'number') row.unpriced += 1;
  if (usage.estimated) {
    row.estimatedPrompt += usage.prompt;
    row.estimatedCompletion += usage.completion;
    row.estimatedCost += nano;
  } else {
    row.prompt += usage.prompt;
    row.completion += usage.completion;
    row.cached += usage.cached ?? 0;
    row.cacheWritten += usage.cacheWritten ?? 0;
    row.cost += nano;
  }
}

/** Answered without a provider: the saved cost is separate from real cost. */
function addSaved(row: Row, { prompt, completion, cost }: Usage): void {
  row.kept += 1;
  row.savedPrompt += prompt;
  row.savedCompletion += completion;
  row.savedCost += Math.round((cost ?? 0) * NANO);
}

/** That answered, or was asked last. */
function targetOf(trace: Trace | undefined): Target | undefined {
  const attempts = trace?.attempts ?? NONE;
  return (attempts.findLast(({ outcome }) => outcome === 'answered') ?? attempts.at(-1))?.target;
}

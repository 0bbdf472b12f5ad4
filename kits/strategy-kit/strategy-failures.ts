import type { FastifyBaseLogger } from 'fastify';
import type { StrategyFailure } from '../../core/contracts/index.ts';
import type { Clocks } from '../feature-kit/clocks.ts';

interface Kept {
  readonly failure: StrategyFailure;
  /** when it failed and was logged last, on the clock that only goes forward */
  readonly seenMs: number;
  readonly loggedMs: number;
}

/** How long (ms) a failure is told after it, and how often the log repeats one that goes on. */
const TOLD = 10 * 60_000;
const REPEATED = 60_000;
/** Names of models come from callers, too. */
const MOST = 100;

/** Which strategies fail, for health, the dashboard and the log. */
export class StrategyFailures {
  readonly #log: Pick<FastifyBaseLogger, 'error'>;
  readonly #clocks: Clocks;
  readonly #all = new Map<string, Kept>();

  /** @param log told of each failure that is new, and each minute of one that goes on */
  constructor(log: Pick<FastifyBaseLogger, 'error'>, clocks: Clocks) {
    this.#log = log;
    this.#clocks = clocks;
  }

  add({
    thrown,
    ...failure
  }: Omit<StrategyFailure, 'atEpochMs' | 'count'> & { readonly thrown: unknown }): void {
    const now = this.#clocks.now();
    const key = `${failure.use} for ${failure.model}`;
    const before = this.#all.get(key);
    const isTold = before === undefined || now - before.loggedMs >= REPEATED;
    const told = { ...failure, atEpochMs: this.#clocks.date(), count: (before?.failure.count ?? 0) + 1 };
    this.#all.delete(key);
    this.#all.set(key, { failure: told, seenMs: now, loggedMs: isTold ? now : before.loggedMs });
    if (this.#all.size > MOST) this.#all.delete(this.#all.keys().next().value as string);
    if (isTold) this.#tell(told, thrown);
  }

  /** Those of the last ten minutes, the newest first. */
  list(): StrategyFailure[] {
    const sinceMs = this.#clocks.now() - TOLD;
    return [...this.#all.values()]
      .filter(({ seenMs }) => seenMs > sinceMs)
      .map(({ failure }) => failure)
      .toReversed();
  }

  #tell({ model, use, standby, message, count }: StrategyFailure, err: unknown): void {
    const told = `strategy ${use} failed (${message}, ${count} so far): ${standby} picks instead`;
    this.#log.error({ err, model }, told);
  }

  /** Other strategies may be in force now. */
  clear(): void {
    this.#all.clear();
  }
}

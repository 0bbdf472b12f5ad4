import type { Redis } from '../../../../kits/shared-kit/index.ts';
import type { Bound, CounterStore } from '../counter-store.ts';
import type { Amounts } from '../limits.ts';
import type { Span } from '../span.ts';
import { LOOK, SETTLE, TAKE } from './scripts.ts';
import { SharedCounter } from './shared-counter.ts';

/** One request's part in counters that Redis keeps. */
interface Taking {
  readonly id: string;
  readonly bounds: readonly Bound[];
  readonly amounts: Amounts;
}

interface Settling extends Taking {
  readonly used: Amounts;
}

/** settlements that wait for Redis; further ones are lost */
const WAITING = 100_000;
/** counters that are looked up at once */
const LOOKED_AT = 1_000;

/**
 * Counters that gateways share in Redis: a request takes from all of its bounds in one step and one round trip. While Redis
 * is lost each gateway goes on with its share of what was left, and tells Redis afterwards what was used: each request once,
 * whatever became of the messages about it.
 */
export class RedisCounters<One extends Bound = Bound> implements CounterStore<One> {
  /** settlements that were lost, because too many waited */
  lost = 0;
  readonly #redis: Redis;
  readonly #date: () => number;
  /** settlements on their way */
  readonly #telling = new Set<Promise<void>>();
  readonly #counters = new Map<string, SharedCounter>();
  /** ids by what was reserved under them */
  readonly #ids = new WeakMap<Amounts, string>();
  /** Admitted without Redis, and still running. */
  readonly #takenHere = new Map<string, Taking>();
  #waiting: Settling[] = [];
  #count = 0;

  constructor(redis: Redis, date: () => number) {
    this.#redis = redis;
    this.#date = date;
    redis.hasTold = () => this.#waiting.length === 0;
    redis.onFound(() => this.#found());
    redis.onBeat(() => void this.#look());
  }

  get problem(): string | undefined {
    const { problem } = this.#redis;
    if (problem !== undefined)
      return `Redis cannot be asked (${problem}): this gateway has its share of each limit, and tells Redis afterwards what was used, now of ${this.#waiting.length} requests`;
    return this.#redis.isExact ? undefined : 'Redis is back, and hears what gateways have used without it';
  }

  counter(name: string, span: Span | undefined): SharedCounter {
    const known = this.#counters.get(name);
    if (known) return known;
    const counter = new SharedCounter(name, span, this.#redis);
    this.#counters.set(name, counter);
    return counter;
  }

  reserve(
    bounds: readonly One[],
    amounts: Amounts,
    nowEpochMs: number,
  ): One | undefined | Promise<One | undefined> {
    if (bounds.length === 0) return undefined;
    const id = `${this.#redis.node}:${this.#count++}`;
    this.#ids.set(amounts, id);
    const taking = { id, bounds, amounts };
    if (!this.#redis.isExact) return this.#reserveHere(taking, bounds, nowEpochMs);
    return this.#take(taking, false).then(
      (answer) => this.#spentOf(answer, bounds, nowEpochMs),
      // Whether it was taken is not known: settling it tells.
      () => this.#reserveHere(taking, bounds, nowEpochMs),
    );
  }

  settle(bounds: readonly One[], reserved: Amounts, used: Amounts, at: number, now: number): void {
    const id = this.#ids.get(reserved);
    if (id === undefined || bounds.length === 0) return;
    for (const { counted, counter } of bounds) counter.settle(reserved[counted], used[counted], at, now);
    this.#takenHere.delete(id);
    this.#settleLater({ id, bounds, amounts: reserved, used });
  }

  /** What has ended is told, if Redis can be asked. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#telling);
  }

  /** Redis is there again: it hears of what runs, and of what has ended meanwhile. */
  #found(): void {
    for (const taking of this.#takenHere.values()) this.#take(taking, true).catch(() => {});
    this.#takenHere.clear();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const settling of waiting) this.#settleLater(settling);
  }

  /** What other gateways have used meanwhile: it is shown, and a share is a part of the rest. */
  async #look(): Promise<void> {
    const now = this.#date();
    const names = [...this.#counters.values()].filter((counter) => counter.used(now) > 0);
    const seen = names.slice(0, LOOKED_AT);
    if (seen.length === 0) return;
    // Those that were looked up are next only after the others.
    for (const counter of seen) {
      this.#counters.delete(counter.name);
      this.#counters.set(counter.name, counter);
    }
    const pairs = seen.flatMap(({ name, span }) => [name, span ?? '']);
    try {
      const used = (await this.#redis.run(LOOK, [this.#redis.node, ...pairs])) as string[];
      for (const [at, counter] of seen.entries()) this.#heard({ counter }, used[at], this.#date());
    } catch {
      // It is lost, and is looked for.
    }
  }

  async #take({ id, bounds, amounts }: Taking, isForced: boolean): Promise<string[]> {
    const { node } = this.#redis;
    const each = bounds.flatMap(({ counted, counter, most }) => [
      counter.name,
      counter.span ?? '',
      amounts[counted],
      most,
    ]);
    return (await this.#redis.run(TAKE, [id, node, isForced ? 1 : 0, ...each])) as string[];
  }

  #spentOf([, ...each]: readonly string[], bounds: readonly One[], now: number): One | undefined {
    let spent: One | undefined;
    for (const [at, bound] of bounds.entries()) {
      this.#heard(bound, each[2 * at], now);
      if (Number(each[2 * at + 1]) === 0) continue;
      if (!spent || bound.counter.endsEpochMs(now) > spent.counter.endsEpochMs(now)) spent = bound;
    }
    return spent;
  }

  /** A share is of what was left at its beginning: what is heard of others meanwhile changes nothing. */
  #heard({ counter }: Pick<Bound, 'counter'>, used: string | undefined, now: number): void {
    if (this.#redis.isExact) (counter as SharedCounter).told(Number(used), now);
  }

  #reserveHere(taking: Taking, bounds: readonly One[], now: number): One | undefined {
    const { amounts } = taking;
    const { nodes } = this.#redis;
    const spent = bounds.find(
      ({ counted, counter, most }) =>
        amounts[counted] > 0 && (counter as SharedCounter).leftOfShare(most, nodes, now) < amounts[counted],
    );
    if (spent) {
      this.#settleLater({ ...taking, used: NOTHING });
      return spent;
    }
    for (const { counted, counter } of bounds) counter.add(amounts[counted], now);
    if (this.#redis.isUp) this.#take(taking, true).catch(() => this.#takenHere.set(taking.id, taking));
    else this.#takenHere.set(taking.id, taking);
    return undefined;
  }

  #settleLater(settling: Settling): void {
    if (this.#redis.isUp) {
      const telling = this.#settleNow(settling).finally(() => this.#telling.delete(telling));
      return void this.#telling.add(telling);
    }
    if (this.#waiting.length >= WAITING) this.lost += 1;
    else this.#waiting.push(settling);
  }

  async #settleNow(settling: Settling): Promise<void> {
    const { id, bounds, amounts, used } = settling;
    const each = bounds.flatMap(({ counted, counter }) => [
      counter.name,
      counter.span ?? '',
      amounts[counted],
      used[counted],
    ]);
    try {
      const [, ...all] = (await this.#redis.run(SETTLE, [id, this.#redis.node, ...each])) as string[];
      for (const [at, bound] of bounds.entries()) this.#heard(bound, all[at], this.#date());
    } catch {
      this.#settleLater(settling);
    }
  }
}

const NOTHING: Amounts = { requests: 0, tokens: 0, dollars: 0, concurrency: 0 };

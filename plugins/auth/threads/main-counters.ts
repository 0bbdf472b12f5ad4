import type { Threads } from '../../../kits/feature-kit/index.ts';
import { Counter } from '../limits/counter.ts';
import type { CounterStore } from '../limits/counter-store.ts';
import type { GroupBound } from '../limits/limit-in-force.ts';
import type { Amounts } from '../limits/limits.ts';
import type { Span } from '../limits/span.ts';
import type { Reserved, Settled, ToReserve } from './messages.ts';

/** A counter of the main thread, with its last known count. */
class ToldCounter extends Counter {
  told(used: number, nowEpochMs: number): void {
    this.add(used - this.used(nowEpochMs), nowEpochMs);
  }
}

/** The counters of the main thread, which each other thread asks before a request. */
export class MainCounters implements CounterStore<GroupBound> {
  readonly problem = undefined;
  readonly #threads: Threads;
  readonly #date: () => number;
  readonly #counters = new Map<string, ToldCounter>();
  /** ids by what was reserved under them */
  readonly #ids = new WeakMap<Amounts, number>();
  #count = 0;

  constructor(threads: Threads, date: () => number) {
    this.#threads = threads;
    this.#date = date;
  }

  counter(name: string, span: Span | undefined): Counter {
    let counter = this.#counters.get(name);
    if (!counter) this.#counters.set(name, (counter = new ToldCounter(name, span)));
    return counter;
  }

  reserve(bounds: readonly GroupBound[], amounts: Amounts): undefined | Promise<GroupBound | undefined> {
    if (bounds.length === 0) return undefined;
    const id = this.#count++;
    this.#ids.set(amounts, id);
    const asked: ToReserve = {
      id,
      amounts,
      bounds: bounds.map(({ counted, most, counter: { name, span }, group: { limit, values } }) => {
        return { counted, most, name, span, limit: limit.id, values: Object.values(values) };
      }),
    };
    return this.#threads.ask('reserve', asked).then(([answer]) => {
      const { spent, used } = answer as Reserved;
      const now = this.#date();
      for (const [at, { counter }] of bounds.entries()) (counter as ToldCounter).told(used[at]!, now);
      return spent === undefined ? undefined : bounds[spent];
    });
  }

  settle(bounds: readonly GroupBound[], reserved: Amounts, used: Amounts, at: number, now: number): void {
    const id = this.#ids.get(reserved);
    if (id === undefined || bounds.length === 0) return;
    for (const { counted, counter } of bounds) counter.settle(reserved[counted], used[counted], at, now);
    this.#threads.tell('settle', { id, used } satisfies Settled);
  }

  close(): void {}
}

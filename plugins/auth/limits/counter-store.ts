import { packed, type CounterBatch } from './counter-batch.ts';
import { Counter, type SavedCounter } from './counter.ts';
import type { Amounts, Counted } from './limits.ts';
import type { Span } from './span.ts';

/** How much of something a counter may have. */
export interface Bound {
  readonly counted: Counted;
  /** in nano-dollars where money is counted */
  readonly most: number;
  readonly counter: Counter;
}

/** A store of counters. A remote store returns promises, and updates the shown counters. */
export interface CounterStore<One extends Bound = Bound> {
  /** why it is not exact now; undefined: it is */
  readonly problem: string | undefined;
  /** The counter of that name, which is made at its first use. */
  counter(name: string, span: Span | undefined): Counter;
  /**
   * Takes these amounts from all of the bounds or from none, in one step: no two requests get the same rest.
   * @returns the bound without enough left, of several the one that ends last; undefined: all is reserved
   */
  reserve(
    bounds: readonly One[],
    amounts: Amounts,
    nowEpochMs: number,
  ): One | undefined | Promise<One | undefined>;
  /** Replaces reserved amounts by used ones; zero gives all back. @param atEpochMs when it was reserved */
  settle(
    bounds: readonly One[],
    reserved: Amounts,
    used: Amounts,
    atEpochMs: number,
    nowEpochMs: number,
  ): void;
  close(): Promise<void> | void;
}

/** counters, above which those are forgotten that count nothing */
const MANY = 50_000;

/** Counters in memory: each step of the event loop is one step here. */
export class MemoryCounters<One extends Bound = Bound> implements CounterStore<One> {
  readonly problem = undefined;
  readonly #counters = new Map<string, Counter>();
  readonly #restored = new Map<string, SavedCounter>();
  /** A list of those that have changed: a search of fifty thousand counters would find few. */
  #unsaved: Counter[] = [];
  readonly #date: () => number;
  #pruneAbove = MANY;

  constructor(date: () => number) {
    this.#date = date;
  }

  counter(name: string, span: Span | undefined): Counter {
    let counter = this.#counters.get(name);
    if (counter) return counter;
    if (this.#counters.size >= this.#pruneAbove) this.#prune();
    this.#counters.set(name, (counter = new Counter(name, span)));
    const saved = this.#restored.get(name);
    if (saved) counter.restore(saved, this.#date());
    this.#restored.delete(name);
    return counter;
  }

  reserve(bounds: readonly One[], amounts: Amounts, now: number): One | undefined {
    let spent: One | undefined;
    for (const bound of bounds) {
      const amount = amountOf(amounts, bound.counted);
      if (amount === 0 || bound.counter.used(now) + amount <= bound.most) continue;
      if (!spent || bound.counter.endsEpochMs(now) > spent.counter.endsEpochMs(now)) spent = bound;
    }
    if (spent) return spent;
    for (const { counted, counter } of bounds) {
      const amount = amountOf(amounts, counted);
      if (amount === 0) continue;
      counter.add(amount, now);
      this.#changed(counter);
    }
    return undefined;
  }

  settle(bounds: readonly One[], reserved: Amounts, used: Amounts, at: number, now: number): void {
    for (const { counted, counter } of bounds) {
      const before = amountOf(reserved, counted);
      const after = amountOf(used, counted);
      if (before === after) continue;
      counter.settle(before, after, at, now);
      this.#changed(counter);
    }
  }

  /** Adds the counts of an earlier gateway. */
  restore(saved: readonly SavedCounter[]): void {
    for (const one of saved) {
      const counter = this.#counters.get(one.name);
      if (counter) counter.restore(one, this.#date());
      else this.#restored.set(one.name, one);
    }
  }

  /** What has changed since the last time and outlives the gateway, some at a time. Minutes do not. */
  *unsaved(together: number): Generator<CounterBatch> {
    const all = this.#unsaved;
    this.#unsaved = [];
    let taken = 0;
    try {
      while (taken < all.length) {
        const some = all.slice(taken, taken + together);
        taken += some.length;
        for (const counter of some) counter.isUnsaved = false;
        yield packed(some, this.#date());
      }
    } finally {
      for (const counter of all.slice(taken)) this.#unsaved.push(counter);
    }
  }

  /** They could not be saved, and are to be tried again. */
  keepUnsaved({ names }: CounterBatch): void {
    for (const name of names) {
      const counter = this.#counters.get(name);
      if (counter && !counter.isUnsaved) this.#toSave(counter);
    }
  }

  close(): void {}

  /** What it counts from now on is saved, and seen by whatever asks for that name. */
  #changed(counter: Counter): void {
    if (counter.isForgotten) {
      counter.isForgotten = false;
      this.#counters.set(counter.name, counter);
    }
    if (!counter.isUnsaved && counter.outlives) this.#toSave(counter);
  }

  #toSave(counter: Counter): void {
    counter.isUnsaved = true;
    this.#unsaved.push(counter);
  }

  #prune(): void {
    const now = this.#date();
    for (const counter of this.#counters.values()) {
      if (counter.used(now) > 0 || counter.isUnsaved) continue;
      counter.isForgotten = true;
      this.#counters.delete(counter.name);
    }
    this.#pruneAbove = Math.max(MANY, 2 * this.#counters.size);
  }
}

/** As `amounts[counted]`, which V8 looks up slowly where one place asks for several names. */
function amountOf(amounts: Amounts, counted: Counted): number {
  switch (counted) {
    case 'requests':
      return amounts.requests;
    case 'tokens':
      return amounts.tokens;
    case 'dollars':
      return amounts.dollars;
    case 'concurrency':
      return amounts.concurrency;
  }
}

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
      const amount = amounts[bound.counted];
      if (amount === 0 || bound.counter.used(now) + amount <= bound.most) continue;
      if (!spent || bound.counter.endsEpochMs(now) > spent.counter.endsEpochMs(now)) spent = bound;
    }
    if (spent) return spent;
    for (const { counted, counter } of bounds) {
      counter.add(amounts[counted], now);
      if (counter.isForgotten) this.#know(counter);
    }
    return undefined;
  }

  settle(bounds: readonly One[], reserved: Amounts, used: Amounts, at: number, now: number): void {
    for (const { counted, counter } of bounds) {
      if (reserved[counted] === used[counted]) continue;
      counter.settle(reserved[counted], used[counted], at, now);
      if (counter.isForgotten) this.#know(counter);
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
    let changed: SavedCounter[] = [];
    for (const counter of this.#counters.values()) {
      if (!counter.isUnsaved || !outlives(counter)) continue;
      counter.isUnsaved = false;
      if (changed.push(counter.saved(this.#date())) < together) continue;
      yield packed(changed);
      changed = [];
    }
    if (changed.length > 0) yield packed(changed);
  }

  /** They could not be saved, and are to be tried again. */
  keepUnsaved({ names }: CounterBatch): void {
    for (const name of names) {
      const counter = this.#counters.get(name);
      if (counter) counter.isUnsaved = true;
    }
  }

  close(): void {}

  /** What it counts from now on is saved, and seen by whatever asks for that name. */
  #know(counter: Counter): void {
    counter.isForgotten = false;
    this.#counters.set(counter.name, counter);
  }

  #prune(): void {
    const now = this.#date();
    for (const counter of this.#counters.values()) {
      if (counter.used(now) > 0 || (counter.isUnsaved && outlives(counter))) continue;
      counter.isForgotten = true;
      this.#counters.delete(counter.name);
    }
    this.#pruneAbove = Math.max(MANY, 2 * this.#counters.size);
  }
}

/** It goes on after a restart. */
const outlives = ({ span }: Counter): boolean => span !== undefined && span !== 'minute';

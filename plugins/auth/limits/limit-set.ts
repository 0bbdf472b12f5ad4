import type { Holder } from '../usage/recorder.ts';
import type { CounterStore } from './counter-store.ts';
import { LimitInForce, type GroupBound } from './limit-in-force.ts';
import type { Limit } from './limits.ts';
import { Plan } from './plan.ts';

/** The limits that are not one key's own: those of the config, and those that were made by the API. */
export class LimitSet {
  readonly counters: CounterStore<GroupBound>;
  /** changes with the limits: plans of before no longer hold */
  version = 0;
  #all: readonly LimitInForce[] = [];

  constructor(counters: CounterStore<GroupBound>) {
    this.counters = counters;
  }

  get all(): readonly LimitInForce[] {
    return this.#all;
  }

  /** Counters of limits that stay go on. */
  replace(from: Limit['from'], limits: readonly Limit[]): void {
    const others = this.#all.filter(({ limit }) => limit.from !== from);
    const next = limits.map((limit) => new LimitInForce(limit, this.counters));
    this.#all = from === 'config' ? [...next, ...others] : [...others, ...next];
    this.version += 1;
  }

  /** A request of another thread counts there, which shows it. */
  count(limit: string, values: readonly string[]): void {
    this.#all.find((one) => one.limit.id === limit)?.group(values);
  }

  /** @param own a key's own limit @param isCountedElsewhere by a gateway that shares these, for a request that came from it */
  planFor(holder: Holder, own: Limit | undefined, isCountedElsewhere = false): Plan {
    const all = isCountedElsewhere ? this.#all.filter(({ isOfOneGateway }) => isOfOneGateway) : this.#all;
    return new Plan(holder, own ? [new LimitInForce(own, this.counters), ...all] : all);
  }
}

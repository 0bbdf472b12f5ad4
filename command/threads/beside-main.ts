import type { Route } from '../../core/contracts/index.ts';
import type { Gateway, ThreadPart } from '../../gateway/gateway.ts';
import { SharedConcurrencyLimit } from '../../gateway/shared-concurrency-limit.ts';
import { SlotTable } from '../../gateway/slot-table.ts';
import type { ThreadGiven } from './running-thread.ts';

/** A request that only the main thread can answer: it is handed on, and no client sees this. */
class ForMain extends Error {}

/** What a thread beside the main one does otherwise: slots are shared, and programs are the main thread's. */
export class BesideMain implements ThreadPart {
  readonly threads: number;
  readonly #table: SlotTable;
  readonly #known = new WeakMap<Route, boolean>();
  #isLooking = false;
  /** set as soon as it is there */
  gateway: Gateway | undefined;

  constructor({ threads, places, number, slots }: ThreadGiven) {
    this.threads = threads;
    this.#table = new SlotTable(places, number, slots);
  }

  makeLimit = (limit: number, provider: string): SharedConcurrencyLimit =>
    new SharedConcurrencyLimit(limit, this.#table.row(provider));

  mustServe = (route: Route, surface: string): void => {
    if (this.#isLooking) return;
    let isForMain = this.#known.get(route);
    if (isForMain === undefined) {
      this.#isLooking = true;
      isForMain = this.#leadsToProgram(route, surface);
      this.#isLooking = false;
      this.#known.set(route, isForMain);
    }
    if (isForMain) throw new ForMain('a local program may be asked: the main thread runs it');
  };

  /** It, or what it may fall back to. */
  #leadsToProgram(route: Route, surface: string): boolean {
    const all = [route];
    const names = new Set<string>();
    for (const one of all) {
      if (one.targets.some(({ provider }) => provider.process)) return true;
      for (const name of [...(one.fallbacks ?? []), ...(one.contextFallbacks ?? [])]) {
        if (names.has(name)) continue;
        names.add(name);
        try {
          all.push(this.gateway!.models.route(name, surface));
        } catch {
          // It leads nowhere, and is passed over.
        }
      }
    }
    return false;
  }
}

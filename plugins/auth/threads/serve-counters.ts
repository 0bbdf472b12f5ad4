import type { Threads } from '../../../kits/feature-kit/index.ts';
import type { Bound, CounterStore } from '../limits/counter-store.ts';
import type { GroupBound } from '../limits/limit-in-force.ts';
import type { LimitSet } from '../limits/limit-set.ts';
import type { Amounts } from '../limits/limits.ts';
import type { Reserved, Settled, ToReserve } from './messages.ts';

interface Open {
  readonly bounds: readonly Bound[];
  readonly amounts: Amounts;
  readonly atEpochMs: number;
}

/** In the main thread: takes from its counters for the requests of the others, each in one step. */
export function serveCounters(
  threads: Threads,
  counters: CounterStore<GroupBound>,
  { limits, date }: { readonly limits: LimitSet; readonly date: () => number },
): void {
  /** by thread, then by id */
  const all = new Map<number, Map<number, Open>>();
  const openIn = (thread: number): Map<number, Open> => {
    let open = all.get(thread);
    if (!open) all.set(thread, (open = new Map()));
    return open;
  };

  threads.on('reserve', ({ id, amounts, bounds: told }: ToReserve, from): Reserved => {
    const now = date();
    const bounds = told.map(({ counted, most, name, span, limit, values }) => {
      limits.count(limit, values);
      return { counted, most, counter: counters.counter(name, span) } as GroupBound;
    });
    const spent = counters.reserve(bounds, amounts, now) as GroupBound | undefined;
    if (!spent) openIn(from).set(id, { bounds, amounts, atEpochMs: now });
    return {
      spent: spent && bounds.indexOf(spent),
      used: bounds.map(({ counter }) => counter.used(now)),
    };
  });
  const settle = ({ bounds, amounts, atEpochMs }: Open, used: Amounts): void =>
    counters.settle(bounds as GroupBound[], amounts, used, atEpochMs, date());
  threads.on('settle', ({ id, used }: Settled, from) => {
    const open = openIn(from).get(id);
    if (!open) return;
    openIn(from).delete(id);
    settle(open, used);
  });
  // The use by its requests is unknown: their estimates count.
  threads.onLost((thread) => {
    for (const open of openIn(thread).values()) settle(open, { ...open.amounts, concurrency: 0 });
    all.delete(thread);
  });
}

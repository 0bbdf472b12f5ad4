import t, { type Test } from 'tap';
import { Parts } from '../../../../kits/shared-kit/parts.ts';
import { Redis } from '../../../../kits/shared-kit/redis.ts';
import {
  MemoryCounters,
  type Bound,
  type CounterStore,
} from '../../../../plugins/auth/limits/counter-store.ts';
import type { Amounts, Counted } from '../../../../plugins/auth/limits/limits.ts';
import { RedisCounters } from '../../../../plugins/auth/limits/shared/redis-counters.ts';
import type { Span } from '../../../../plugins/auth/limits/span.ts';
import { noRedis, redisServer } from '../../../redis.ts';

/** counters that there have to be before any is forgotten */
const MANY = 50_000;

const log = { warn: () => undefined, info: () => undefined };
const clocks = { date: Date.now, now: () => performance.now() };

/** What keeps counters: each has to do all of this. */
const KEEPERS = {
  memory: { skip: false as const, open: () => Promise.resolve(new MemoryCounters(Date.now)) },
  redis: {
    skip: noRedis,
    async open(t: Test) {
      const { url } = await redisServer(t);
      const redis = await Redis.open({ url, log, prefix: 'test:', ...clocks });
      t.teardown(() => redis.close());
      return new RedisCounters(new Parts(redis, clocks.now));
    },
  },
};

for (const [kept, { skip, open }] of Object.entries(KEEPERS)) {
  const test = (says: string, run: (t: Test, one: One) => Promise<void>): void =>
    void t.test(`${kept}: ${says}`, { skip }, async (t) => {
      const store = await open(t);
      await run(t, new One(store));
      await store.close();
    });

  test('as many concurrent requests pass as the limit has room for', async (t, one) => {
    const bound = one.bound('a', 'requests', 100, 'total');
    const passed = await Promise.all(Array.from({ length: 150 }, () => one.take([bound], one.amounts())));
    t.equal(passed.filter((spent) => spent === undefined).length, 100);
    t.equal(bound.counter.used(Date.now()), 100);
  });

  test('it takes from all of the bounds or from none', async (t, one) => {
    const [wide, narrow] = [one.bound('w', 'tokens', 1_000, 'day'), one.bound('n', 'tokens', 10, 'hour')];
    t.equal(await one.take([wide, narrow], one.amounts({ tokens: 10 })), undefined);
    t.equal(await one.take([wide, narrow], one.amounts({ tokens: 10 })), narrow);
    t.equal(
      await one.take([wide], one.amounts({ tokens: 990 })),
      undefined,
      'nothing was taken of the wide one',
    );
    t.equal(await one.take([wide], one.amounts({ tokens: 1 })), wide);
  });

  test('of several that have not enough it names the one that ends last', async (t, one) => {
    const bounds = [one.bound('m', 'requests', 0, 'hour'), one.bound('t', 'requests', 0, 'total')];
    t.equal(await one.take(bounds, one.amounts()), bounds[1]);
  });

  test('what was reserved is replaced by what was used, and what was not used can be taken again', async (t, one) => {
    const bound = one.bound('a', 'tokens', 100, 'month');
    const reserved = one.amounts({ tokens: 90 });
    t.equal(await one.take([bound], reserved), undefined);
    t.equal(await one.take([bound], one.amounts({ tokens: 30 })), bound);
    one.settle([bound], reserved, { tokens: 70 });
    t.equal(await one.take([bound], one.amounts({ tokens: 30 })), undefined);
    t.equal(await one.take([bound], one.amounts({ tokens: 1 })), bound);
  });

  test('more than was reserved may be used, and then nothing is left', async (t, one) => {
    const bound = one.bound('a', 'dollars', 5e9, 'total');
    const reserved = one.amounts({ dollars: 1e9 });
    t.equal(await one.take([bound], reserved), undefined);
    one.settle([bound], reserved, { dollars: 7e9 });
    t.equal(await one.take([bound], one.amounts({ dollars: 1 })), bound);
    t.equal(await one.take([bound], one.amounts({ dollars: 0 })), undefined, 'what costs nothing passes');
  });

  test('requests at once come and go', async (t, one) => {
    const bound = one.bound('a', 'concurrency', 2);
    const first = one.amounts();
    t.equal(await one.take([bound], first), undefined);
    t.equal(await one.take([bound], one.amounts()), undefined);
    t.equal(await one.take([bound], one.amounts()), bound);
    one.settle([bound], first, { requests: 1, concurrency: 0 });
    t.equal(await one.take([bound], one.amounts()), undefined);
    t.equal(await one.take([bound], one.amounts()), bound);
  });

  test('a bound that is raised has room again', async (t, one) => {
    t.equal(await one.take([one.bound('a', 'requests', 1, 'day')], one.amounts()), undefined);
    const lower = one.bound('a', 'requests', 1, 'day');
    t.equal(await one.take([lower], one.amounts()), lower);
    t.equal(await one.take([one.bound('a', 'requests', 2, 'day')], one.amounts()), undefined);
  });
}

const NOTHING: Amounts = { requests: 0, tokens: 0, dollars: 0, concurrency: 0 };

t.test(
  'memory: a limit that counted nothing when there were many counts on, is saved, and is known by its name',
  async (t) => {
    const store = new MemoryCounters(Date.now);
    const one = new One(store);
    const [budget, minute] = [
      one.bound('budget', 'dollars', 100, 'month'),
      one.bound('m', 'requests', 9, 'minute'),
    ];
    await one.take([minute], one.amounts());
    one.settle([minute], one.amounts(), {});
    const keys = Array.from({ length: MANY }, (_, nth) => one.bound(`key ${nth}`, 'requests', 1, 'day'));
    t.not(store.counter('m', 'minute'), minute.counter, 'a minute that is over takes no room');
    await one.take([budget, keys[0]!], one.amounts({ dollars: 60 }));
    t.equal(store.counter('budget', 'month').used(Date.now()), 60);
    t.same([...store.unsaved(10)].flatMap(({ names }) => names).toSorted(), ['budget', 'key 0']);
    t.ok(await one.take([one.bound('budget', 'dollars', 100, 'month')], one.amounts({ dollars: 60 })));
  },
);

t.test(
  'memory: each counter that has changed is saved once, some at a time, and again where that fails',
  async (t) => {
    const store = new MemoryCounters(Date.now);
    const one = new One(store);
    const days = ['a', 'b', 'c', 'd', 'e'].map((name) => one.bound(name, 'requests', 9, 'day'));
    const others = [one.bound('m', 'requests', 9, 'minute'), one.bound('now', 'concurrency', 9)];
    const names = (together: number): (readonly string[])[] =>
      [...store.unsaved(together)].map((batch) => batch.names);
    await one.take([...days, ...others], one.amounts());
    await one.take([...days, ...others], one.amounts());
    t.same(names(2), [['a', 'b'], ['c', 'd'], ['e']]);
    t.same(names(2), [], 'nothing has changed since');
    await one.take([one.bound('free', 'dollars', 9, 'day')], one.amounts());
    t.same(names(2), [], 'nothing was taken of it');

    await one.take(days, one.amounts());
    for (const batch of store.unsaved(2)) {
      one.settle([days[0]!], one.amounts(), {});
      store.keepUnsaved(batch);
      break;
    }
    t.same(
      names(9).flat().toSorted(),
      ['a', 'b', 'c', 'd', 'e'],
      'those that failed and those that waited, each once',
    );
  },
);

/** One gateway's requests. */
class One {
  readonly #store: CounterStore;

  constructor(store: CounterStore) {
    this.#store = store;
  }

  bound(name: string, counted: Counted, most: number, span?: Span): Bound {
    return { counted, most, counter: this.#store.counter(name, span) };
  }

  amounts(more: Partial<Amounts> = {}): Amounts {
    return { ...NOTHING, requests: 1, concurrency: 1, ...more };
  }

  async take(bounds: readonly Bound[], amounts: Amounts): Promise<Bound | undefined> {
    return this.#store.reserve(bounds, amounts, Date.now());
  }

  settle(bounds: readonly Bound[], reserved: Amounts, used: Partial<Amounts>): void {
    this.#store.settle(bounds, reserved, { ...NOTHING, ...used }, Date.now(), Date.now());
  }
}

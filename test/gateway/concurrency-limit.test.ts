import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { ConcurrencyLimit } from '../../gateway/concurrency-limit.ts';

/** Waits in line, and writes its name down when it is called. */
const waits = (limit: ConcurrencyLimit, called: string[], name: string) =>
  limit.wait(() => void called.push(name));

t.test('slots are free up to the limit', (t) => {
  const limit = new ConcurrencyLimit(2);
  t.equal(limit.hasFreeSlot, true);
  limit.acquire();
  t.equal(limit.hasFreeSlot, true);
  limit.acquire();
  t.equal(limit.hasFreeSlot, false);
  limit.release();
  t.equal(limit.hasFreeSlot, true);
  t.end();
});

t.test('the queue is first come, first served: one request per released slot', (t) => {
  const limit = new ConcurrencyLimit(1);
  const called: string[] = [];
  limit.acquire();
  for (const name of ['a', 'b', 'c']) waits(limit, called, name);
  t.equal(limit.waiting, 3);
  limit.release();
  t.strictSame(called, ['a']);
  limit.claim();
  limit.acquire();
  limit.release();
  t.strictSame(called, ['a', 'b']);
  t.equal(limit.waiting, 1);
  t.end();
});

t.test('a slot handed to a queued request is not free for a new one', (t) => {
  const limit = new ConcurrencyLimit(1);
  limit.acquire();
  waits(limit, [], 'a');
  limit.release();
  t.equal(limit.hasFreeSlot, false);
  limit.claim();
  t.equal(limit.hasFreeSlot, true, 'only its holder, in the same turn, finds it so');
  limit.acquire();
  t.equal(limit.hasFreeSlot, false);
  t.end();
});

t.test('a slot handed over and not taken goes to the next request, down to the last', async (t) => {
  const limit = new ConcurrencyLimit(1);
  const called: string[] = [];
  limit.acquire();
  for (const name of ['a', 'b', 'c']) limit.wait(() => (called.push(name), limit.claim()));
  limit.release();
  t.strictSame(called, ['a']);
  await turn();
  await turn();
  await turn();
  t.strictSame(called, ['a', 'b', 'c']);
  t.match(limit, { hasFreeSlot: true, waiting: 0 });
});

t.test('a taken slot goes to no other request', async (t) => {
  const limit = new ConcurrencyLimit(1);
  const called: string[] = [];
  limit.acquire();
  limit.wait(() => (limit.claim(), limit.acquire()));
  waits(limit, called, 'b');
  limit.release();
  await turn();
  t.strictSame(called, []);
  limit.release();
  t.strictSame(called, ['b']);
});

t.test('a request that leaves the queue gets no slot; leaving twice, or too late, changes nothing', (t) => {
  const limit = new ConcurrencyLimit(1);
  const called: string[] = [];
  limit.acquire();
  const leave = waits(limit, called, 'a');
  waits(limit, called, 'b');
  leave();
  leave();
  t.equal(limit.waiting, 1);
  limit.release();
  t.strictSame(called, ['b']);
  leave();
  t.equal(limit.waiting, 0);
  t.end();
});

t.test('the queue is bounded', (t) => {
  for (const [limit, longest] of [
    [new ConcurrencyLimit(1), 32],
    [new ConcurrencyLimit(10), 160],
    [new ConcurrencyLimit(1, 2), 2],
  ] as const) {
    limit.acquire();
    for (let waiting = 0; waiting < longest; waiting++) {
      t.equal(limit.isQueueFull, false);
      waits(limit, [], '');
    }
    t.equal(limit.isQueueFull, true);
  }
  t.end();
});

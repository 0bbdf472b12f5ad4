import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { ConcurrencyLimit } from '../../../core/upstreams/concurrency-limit.ts';

/** Waits in line, and writes its name down when it is called. */
const waits = (room: ConcurrencyLimit, called: string[], name: string) =>
  room.wait(() => void called.push(name));

t.test('slots are free up to the limit', (t) => {
  const room = new ConcurrencyLimit(2);
  t.equal(room.hasFreeSlot, true);
  room.acquire();
  t.equal(room.hasFreeSlot, true);
  room.acquire();
  t.equal(room.hasFreeSlot, false);
  room.release();
  t.equal(room.hasFreeSlot, true);
  t.end();
});

t.test('the queue is first come, first served: one request per released slot', (t) => {
  const room = new ConcurrencyLimit(1);
  const called: string[] = [];
  room.acquire();
  for (const name of ['a', 'b', 'c']) waits(room, called, name);
  t.equal(room.waiting, 3);
  room.release();
  t.strictSame(called, ['a']);
  room.claim();
  room.acquire();
  room.release();
  t.strictSame(called, ['a', 'b']);
  t.equal(room.waiting, 1);
  t.end();
});

t.test('a slot handed to a queued request is not free for a new one', (t) => {
  const room = new ConcurrencyLimit(1);
  room.acquire();
  waits(room, [], 'a');
  room.release();
  t.equal(room.hasFreeSlot, false);
  room.claim();
  t.equal(room.hasFreeSlot, true, 'only its holder, in the same turn, finds it so');
  room.acquire();
  t.equal(room.hasFreeSlot, false);
  t.end();
});

t.test('a slot handed over and not taken goes to the next request, down to the last', async (t) => {
  const room = new ConcurrencyLimit(1);
  const called: string[] = [];
  room.acquire();
  for (const name of ['a', 'b', 'c']) room.wait(() => (called.push(name), room.claim()));
  room.release();
  t.strictSame(called, ['a']);
  await turn();
  await turn();
  await turn();
  t.strictSame(called, ['a', 'b', 'c']);
  t.match(room, { hasFreeSlot: true, waiting: 0 });
});

t.test('a taken slot goes to no other request', async (t) => {
  const room = new ConcurrencyLimit(1);
  const called: string[] = [];
  room.acquire();
  room.wait(() => (room.claim(), room.acquire()));
  waits(room, called, 'b');
  room.release();
  await turn();
  t.strictSame(called, []);
  room.release();
  t.strictSame(called, ['b']);
});

t.test('a request that leaves the queue gets no slot; leaving twice, or too late, changes nothing', (t) => {
  const room = new ConcurrencyLimit(1);
  const called: string[] = [];
  room.acquire();
  const leave = waits(room, called, 'a');
  waits(room, called, 'b');
  leave();
  leave();
  t.equal(room.waiting, 1);
  room.release();
  t.strictSame(called, ['b']);
  leave();
  t.equal(room.waiting, 0);
  t.end();
});

t.test('the queue is bounded', (t) => {
  for (const [room, longest] of [
    [new ConcurrencyLimit(1), 32],
    [new ConcurrencyLimit(10), 160],
    [new ConcurrencyLimit(1, 2), 2],
  ] as const) {
    room.acquire();
    for (let waiting = 0; waiting < longest; waiting++) {
      t.equal(room.isQueueFull, false);
      waits(room, [], '');
    }
    t.equal(room.isQueueFull, true);
  }
  t.end();
});

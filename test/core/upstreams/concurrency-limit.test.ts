import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { ConcurrencyLimit } from '../../../core/upstreams/concurrency-limit.ts';

/** Waits in line, and writes its name down when it is called. */
const waits = (room: ConcurrencyLimit, called: string[], name: string) =>
  room.wait(() => void called.push(name));

t.test('room is free until so many have taken it', (t) => {
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

t.test('who came first is called first, one for each place that is given back', (t) => {
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

t.test('what was handed to one who waited is not free for one who comes now', (t) => {
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

t.test('what was handed over and not taken goes to the next, down to the last', async (t) => {
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

t.test('what its holder has taken goes to nobody else', async (t) => {
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

t.test('who leaves the line is not called; leaving twice, or too late, changes nothing', (t) => {
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

t.test('the line is bounded', (t) => {
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

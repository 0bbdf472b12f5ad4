import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { Room } from '../../core/room.ts';

/** Waits in line, and writes its name down when it is called. */
const waits = (room: Room, called: string[], name: string) => room.wait(() => void called.push(name));

t.test('room is free until so many have taken it', (t) => {
  const room = new Room(2);
  t.equal(room.free, true);
  room.take();
  t.equal(room.free, true);
  room.take();
  t.equal(room.free, false);
  room.give();
  t.equal(room.free, true);
  t.end();
});

t.test('who came first is called first, one for each place that is given back', (t) => {
  const room = new Room(1);
  const called: string[] = [];
  room.take();
  for (const name of ['a', 'b', 'c']) waits(room, called, name);
  t.equal(room.waiting, 3);
  room.give();
  t.strictSame(called, ['a']);
  room.claim();
  room.take();
  room.give();
  t.strictSame(called, ['a', 'b']);
  t.equal(room.waiting, 1);
  t.end();
});

t.test('what was handed to one who waited is not free for one who comes now', (t) => {
  const room = new Room(1);
  room.take();
  waits(room, [], 'a');
  room.give();
  t.equal(room.free, false);
  room.claim();
  t.equal(room.free, true, 'only its holder, in the same turn, finds it so');
  room.take();
  t.equal(room.free, false);
  t.end();
});

t.test('what was handed over and not taken goes to the next, down to the last', async (t) => {
  const room = new Room(1);
  const called: string[] = [];
  room.take();
  for (const name of ['a', 'b', 'c']) room.wait(() => (called.push(name), room.claim()));
  room.give();
  t.strictSame(called, ['a']);
  await turn();
  await turn();
  await turn();
  t.strictSame(called, ['a', 'b', 'c']);
  t.match(room, { free: true, waiting: 0 });
});

t.test('what its holder has taken goes to nobody else', async (t) => {
  const room = new Room(1);
  const called: string[] = [];
  room.take();
  room.wait(() => (room.claim(), room.take()));
  waits(room, called, 'b');
  room.give();
  await turn();
  t.strictSame(called, []);
  room.give();
  t.strictSame(called, ['b']);
});

t.test('who leaves the line is not called; leaving twice, or too late, changes nothing', (t) => {
  const room = new Room(1);
  const called: string[] = [];
  room.take();
  const leave = waits(room, called, 'a');
  waits(room, called, 'b');
  leave();
  leave();
  t.equal(room.waiting, 1);
  room.give();
  t.strictSame(called, ['b']);
  leave();
  t.equal(room.waiting, 0);
  t.end();
});

t.test('the line is bounded', (t) => {
  for (const [room, longest] of [
    [new Room(1), 32],
    [new Room(10), 160],
    [new Room(1, 2), 2],
  ] as const) {
    room.take();
    for (let waiting = 0; waiting < longest; waiting++) {
      t.equal(room.lineFull, false);
      waits(room, [], '');
    }
    t.equal(room.lineFull, true);
  }
  t.end();
});

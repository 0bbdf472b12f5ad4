import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { isLeftToEnd } from '../../wire/end-of-turn.ts';
import { busyTurns } from '../busy-turns.ts';

/** Nothing is written meanwhile. */
async function quiet(): Promise<void> {
  for (let nth = 0; nth < 20; nth++) {
    isLeftToEnd({ flush: () => undefined });
    await turn();
  }
}

t.test('one write a turn never waits', async (t) => {
  await quiet();
  for (let nth = 0; nth < 40; nth++) {
    t.equal(isLeftToEnd({ flush: () => t.fail('it did not wait') }), false);
    await turn();
  }
});

t.test('of several in a turn all wait for its end, in their order', async (t) => {
  busyTurns(t);
  await turn();
  const done: number[] = [];
  for (const nth of [1, 2, 3]) t.equal(isLeftToEnd({ flush: () => done.push(nth) }), true);
  t.same(done, []);
  await turn();
  t.same(done, [1, 2, 3]);
});

t.test('of very many the first ones do not wait for the last ones', async (t) => {
  busyTurns(t);
  await turn();
  const done: number[] = [];
  for (let nth = 0; nth < 200; nth++) {
    isLeftToEnd({ flush: () => done.push(nth) });
    t.ok(done.length + 32 > nth, 'few wait');
  }
  await turn();
  t.same(
    done,
    Array.from({ length: 200 }, (_, nth) => nth),
  );
});

t.test('a write that causes another one, which waits for the next turn', async (t) => {
  busyTurns(t);
  await turn();
  const done: string[] = [];
  isLeftToEnd({
    flush: () => {
      done.push('first');
      if (!isLeftToEnd({ flush: () => done.push('second') })) done.push('second at once');
    },
  });
  await turn();
  await turn();
  t.equal(done[0], 'first');
  t.equal(done.length, 2);
});

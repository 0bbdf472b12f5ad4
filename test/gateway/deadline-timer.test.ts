import type { Deadline } from '../../core/contracts/index.ts';
import t from 'tap';
import { DeadlineTimer } from '../../gateway/deadline-timer.ts';

interface Injected {
  readonly clock: DeadlineTimer;
  /** names of what has expired, in order */
  readonly expired: string[];
  deadline(name: string, due: number, expire?: () => void): Deadline;
  /** Sweeps at that time. */
  at(ms: number): string[];
}

function injected(): Injected {
  let now = 0;
  const clock = new DeadlineTimer(1_000_000, () => now);
  const expired: string[] = [];
  return {
    clock,
    expired,
    deadline(name, dueMs, expire = () => {}) {
      const one: Deadline = {
        dueMs,
        expire: () => {
          clock.forget(one);
          expired.push(name);
          expire();
        },
      };
      clock.watch(one);
      return one;
    },
    at(ms) {
      now = ms;
      expired.length = 0;
      clock.sweep();
      return [...expired];
    },
  };
}

t.test('a due deadline expires once, the others wait', (t) => {
  const { deadline, at } = injected();
  deadline('a', 10);
  deadline('b', 20);
  deadline('never', Infinity);
  t.strictSame(at(9), []);
  t.strictSame(at(10), ['a']);
  t.strictSame(at(19), []);
  t.strictSame(at(1_000), ['b']);
  t.strictSame(at(2_000), []);
  t.end();
});

t.test('a deadline is moved by writing a number', (t) => {
  const { deadline, at } = injected();
  const one = deadline('a', 10);
  one.dueMs = 30;
  t.strictSame(at(20), []);
  one.dueMs = 25;
  t.strictSame(at(25), ['a']);
  t.end();
});

t.test('a removed deadline does not expire; removing twice changes nothing', (t) => {
  const { clock, deadline, at } = injected();
  const [a, b, c] = [deadline('a', 10), deadline('b', 10), deadline('c', 10)];
  clock.forget(b);
  clock.forget(b);
  t.strictSame(at(10).toSorted(), ['a', 'c']);
  for (const one of [a, b, c]) clock.forget(one);
  deadline('d', 20);
  t.strictSame(at(20), ['d']);
  t.end();
});

t.test('an expiry may remove and add deadlines during a sweep', (t) => {
  const { clock, deadline, at, expired } = injected();
  const all: Deadline[] = [];
  // Whichever comes first takes the others with it and leaves one behind.
  const takesAll = () => {
    for (const one of all) clock.forget(one);
    deadline('new', 5);
  };
  for (const name of ['a', 'b', 'c', 'd']) all.push(deadline(name, 10, takesAll));
  t.equal(at(10).filter((name) => name !== 'new').length, 1);
  at(11);
  t.notOk(expired.some((name) => name !== 'new'));
  t.strictSame(at(12), []);
  t.end();
});

t.test('all deadlines can be made due at once', (t) => {
  const { clock, deadline, expired } = injected();
  deadline('a', 1_000);
  deadline('b', Infinity);
  clock.hurry();
  t.strictSame(expired.toSorted(), ['a', 'b']);
  t.end();
});

t.test('after a blocked event loop no deadline expires before a second sweep', (t) => {
  let now = 0;
  const clock = new DeadlineTimer(20, () => now);
  const expired: string[] = [];
  const watch = (name: string, dueMs: number): Deadline => {
    const one: Deadline = { dueMs, expire: () => (clock.forget(one), expired.push(name)) };
    clock.watch(one);
    return one;
  };
  const at = (ms: number): string[] => {
    now = ms;
    expired.length = 0;
    clock.sweep();
    return [...expired];
  };
  const heard = watch('heard from', 50);
  watch('silent', 50);
  t.strictSame(at(20), []);
  t.strictSame(at(5_000), [], 'it slept for five seconds');
  heard.dueMs = clock.coarseMs + 50;
  t.strictSame(at(5_020), ['silent']);
  t.strictSame(at(5_060), ['heard from']);
  watch('a', 5_100);
  t.strictSame(at(6_000), []);
  t.strictSame(at(7_000), ['a'], 'but not twice in a row');
  t.end();
});

t.test('the time of the last sweep can be read, and is fresh when it begins to watch', (t) => {
  let now = 5;
  const clock = new DeadlineTimer(1_000_000, () => now);
  now = 50;
  const one: Deadline = { dueMs: 60, expire: () => clock.forget(one) };
  clock.watch(one);
  t.equal(clock.coarseMs, 50);
  now = 70;
  t.equal(clock.coarseMs, 50);
  t.equal(clock.now(), 70);
  clock.sweep();
  t.equal(clock.coarseMs, 70);
  t.end();
});

t.test('it ticks by itself while something is watched, and holds no process open', async (t) => {
  const clock = new DeadlineTimer(5);
  const { promise, resolve } = Promise.withResolvers<number>();
  const one: Deadline = {
    dueMs: performance.now() + 10,
    expire: () => {
      clock.forget(one);
      resolve(performance.now());
    },
  };
  clock.watch(one);
  t.notOk(process.getActiveResourcesInfo().includes('Timeout'), 'nothing that counts is active');
  // Something else must hold it open for this long.
  const holding = setInterval(() => {}, 1_000);
  t.ok((await promise) >= one.dueMs);
  clearInterval(holding);
});

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import type { Trace, Work } from '../../../core/contracts/index.ts';
import { KeyActivity } from '../../../plugins/auth/key-activity.ts';
import { RecentTraces } from '../../../plugins/traces/recent-traces.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (how: { type: 'minor' }) => void;

const AT_ONCE = 32;
/** each with a list of 1,000 numbers */
const REQUESTS = 10_000;

/** Requests that begin and end, of which some are always under way, and short collections now and then. */
function grown<One>(make: () => One, begin: (one: One) => void, end: (one: One) => void): number {
  const running = Array.from({ length: AT_ONCE }, make);
  running.forEach(begin);
  // What survives two of them is kept until a full one.
  collect({ type: 'minor' });
  collect({ type: 'minor' });
  const before = process.memoryUsage().heapUsed;
  for (let nth = 0; nth < REQUESTS; nth += 1) {
    const one = make();
    begin(one);
    end(running.shift() as One);
    running.push(one);
    if (nth % 500 === 0) collect({ type: 'minor' });
  }
  collect({ type: 'minor' });
  collect({ type: 'minor' });
  return (process.memoryUsage().heapUsed - before) / REQUESTS;
}

t.test('a request that is over is freed by a short collection, however long others run', async (t) => {
  const activity = new KeyActivity();
  const work = (): Work =>
    ({ call: Array.from({ length: 1_000 }, () => 1), end: () => {} }) as unknown as Work;
  t.ok(
    grown(
      work,
      (one) => activity.begin(one),
      (one) => activity.end(one),
    ) < 1_000,
    'of a key',
  );
  t.equal(activity.running, AT_ONCE);
  const traces = new RecentTraces(10);
  const trace = (): Trace =>
    ({ notes: Array.from({ length: 1_000 }, () => 1), attempts: [] }) as unknown as Trace;
  t.ok(
    grown(
      trace,
      (one) => traces.begin(one),
      (one) => traces.end(one),
    ) < 1_000,
    'of the traces',
  );
});

t.test('a key knows what runs, and ends all of it', async (t) => {
  const activity = new KeyActivity();
  const ended: number[] = [];
  const works = [0, 1, 2, 3].map((nth) => ({ end: () => ended.push(nth) }) as unknown as Work);
  works.forEach((work) => activity.begin(work));
  activity.end(works[1] as Work);
  activity.end(works[1] as Work);
  t.equal(activity.running, 3);
  t.equal(activity.endAll(new Error('revoked')), 3);
  t.strictSame(ended.toSorted(), [0, 2, 3]);
});

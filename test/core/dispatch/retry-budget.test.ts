import t from 'tap';
import { RetryBudget } from '../../../core/dispatch/retry-budget.ts';

/** How many retries it grants in a row. */
function granted(budget: RetryBudget): number {
  let count = 0;
  while (budget.withdraw()) count++;
  return count;
}

function start(share: number, floor: number) {
  const time = { now: 0 };
  return { time, budget: new RetryBudget({ share, floor, now: () => time.now }) };
}

t.test('a quiet gateway has its minimum of retries each second, and saves few of them', (t) => {
  const { time, budget } = start(0.2, 10);
  t.equal(granted(budget), 20);
  t.equal(granted(budget), 0);
  time.now += 1_000;
  t.equal(granted(budget), 10);
  time.now += 3_600_000;
  t.equal(granted(budget), 20);
  t.equal(granted(start(0.2, 0).budget), 0);
  t.end();
});

t.test('each request adds its share', (t) => {
  const { budget } = start(0.25, 0);
  const grants = Array.from({ length: 12 }, () => {
    budget.deposit();
    return budget.withdraw();
  });
  t.equal(grants.filter(Boolean).length, 3, 'one retry in four requests');
  t.equal(grants.indexOf(true), 3);
  t.end();
});

t.test('savings are bounded', (t) => {
  const { budget, time } = start(0.2, 10);
  for (let request = 0; request < 100_000; request++) budget.deposit();
  time.now += 3_600_000;
  t.equal(granted(budget), 40);
  t.equal(budget.withdraw(), false);
  t.end();
});

t.test('a share of nothing grants nothing, a share of all grants one each', (t) => {
  const { budget: nothing, time } = start(0, 10);
  for (let request = 0; request < 1_000; request++) nothing.deposit();
  time.now += 60_000;
  t.equal(granted(nothing), 0);
  const { budget: all } = start(1, 0);
  for (let request = 0; request < 10; request++) {
    all.deposit();
    t.equal(granted(all), 1);
  }
  t.end();
});

import t from 'tap';
import { Budget } from '../../core/budget.ts';

/** How many retries it grants in a row. */
function granted(budget: Budget): number {
  let count = 0;
  while (budget.withdraw()) count++;
  return count;
}

t.test('a quiet house may spend its reserve, and then no more', (t) => {
  t.equal(granted(new Budget(0.2)), 20);
  t.equal(granted(new Budget(0.2, 3)), 3);
  t.equal(granted(new Budget(0.2, 0)), 0);
  t.end();
});

t.test('each request pays in its share', (t) => {
  const budget = new Budget(0.25, 0);
  const grants = Array.from({ length: 12 }, () => {
    budget.deposit();
    return budget.withdraw();
  });
  t.equal(grants.filter(Boolean).length, 3, 'one retry in four requests');
  t.equal(grants.indexOf(true), 3);
  t.end();
});

t.test('what is saved up is bounded', (t) => {
  const budget = new Budget(0.2, 20);
  for (let request = 0; request < 100_000; request++) budget.deposit();
  t.equal(granted(budget), 40);
  t.equal(budget.withdraw(), false);
  t.end();
});

t.test('a share of nothing grants nothing, a share of all grants one each', (t) => {
  const nothing = new Budget(0);
  for (let request = 0; request < 1_000; request++) nothing.deposit();
  t.equal(granted(nothing), 0);
  const all = new Budget(1, 0);
  for (let request = 0; request < 10; request++) {
    all.deposit();
    t.equal(granted(all), 1);
  }
  t.end();
});

import t from 'tap';
import { csvOf } from '../../../../plugins/auth/usage/csv.ts';
import { AMOUNTS, type UsageLine } from '../../../../plugins/auth/usage/usage-row.ts';

t.test('cells are quoted where they must be, and no text becomes a formula', (t) => {
  const amounts = Object.fromEntries(AMOUNTS.map((name) => [name, 0]));
  for (const [model, cell] of [
    ['gpt-4o', 'gpt-4o'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['=1+1', "'=1+1"],
    ['@sum(a)', "'@sum(a)"],
    [null, ''],
  ] as const) {
    const [, row = ''] = csvOf(['model'], [{ ...amounts, model } as UsageLine]).split('\r\n');
    t.equal(row, `${cell},${AMOUNTS.map(() => 0).join(',')}`);
  }
  t.end();
});

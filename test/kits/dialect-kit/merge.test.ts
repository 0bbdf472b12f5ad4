import t from 'tap';
import { costOf, growsWithNumber } from '../../cost.ts';
import { mergeInto } from '../../../kits/dialect-kit/merge.ts';

t.test('a list is extended, and a fragment stays as it was', (t) => {
  const whole = {};
  const first = { content: [1] };
  mergeInto(whole, first);
  mergeInto(whole, { content: [2, 3] });
  t.strictSame(whole, { content: [1, 2, 3] });
  t.strictSame(first, { content: [1] });
  t.end();
});

t.test('a list that grows with each fragment takes a time that grows with its length', (t) => {
  const timeOf = (count: number): number =>
    costOf(() => {
      const whole = {};
      for (let nth = 0; nth < count; nth++) mergeInto(whole, { content: [nth] });
    });
  growsWithNumber(t, timeOf, 60_000);
  t.end();
});

import t from 'tap';
import { costOf, growsWithNumber } from '../../cost.ts';
import { ToolCallNumbers } from '../../../kits/dialect-kit/tool-call-numbers.ts';

const fragment = (name: string | undefined, args: string, more: object = {}) => ({
  ...more,
  function: { ...(name !== undefined && { name }), arguments: args },
});
const numbersOf = (fragments: readonly object[]): number[] => {
  const numbers = new ToolCallNumbers();
  return fragments.map((one) => numbers.of(one as Record<string, unknown>));
};

t.test('calls without ids under one number are told apart by whole arguments', async (t) => {
  const at = { index: 0 };
  t.strictSame(numbersOf([fragment('a', '{}', at), fragment('a', '{}', at)]), [0, 1]);
  t.strictSame(numbersOf([fragment('a', '{"x":1}', at), fragment('b', ' {"x":2}', at)]), [0, 1]);
  t.strictSame(
    numbersOf([fragment('a', '', at), fragment('a', '{"x"', at), fragment('a', ':{}}', at)]),
    [0, 0, 0],
    'a server may repeat the name with each piece',
  );
  t.strictSame(numbersOf([fragment('a', '', at), fragment('a', '{}', at)]), [0, 0]);
  t.strictSame(numbersOf([fragment('a', '{}', { index: 0, id: 'x' }), fragment('a', '{}', at)]), [0, 0]);
  t.strictSame(
    numbersOf([fragment('a', '{}', { index: 0, id: 'x' }), fragment('a', '{}', { index: 0, id: 'y' })]),
    [0, 1],
  );
  t.strictSame(numbersOf([fragment('a', '{}'), fragment('a', '{}')]), [0, 1]);
});

t.test('many calls that only their ids tell apart take a time that grows with their number', (t) => {
  const timeOf = (count: number): number => {
    const calls = Array.from({ length: count }, (_, nth) => fragment('a', '{}', { id: `call_${nth}` }));
    return costOf(() => void t.equal(numbersOf(calls).at(-1), count - 1));
  };
  growsWithNumber(t, timeOf, 160_000);
  t.end();
});

import t from 'tap';
import { costOf, growsWithNumber } from '../../../../cost.ts';
import { ToolCalls } from '../../../../../plugins/surfaces/ollama/to-chat/tool-calls.ts';

const fragment = (text: string, named = false) => ({
  index: 0,
  ...(named && { id: 'a' }),
  function: { ...(named && { name: 'write' }), arguments: text },
});

/** What is written with each of these pieces, and at the end. */
function written(pieces: readonly string[]): unknown[] {
  const calls = new ToolCalls();
  const all = pieces.flatMap((piece, nth) => calls.add(fragment(piece, nth === 0)));
  return [...all, ...calls.end(false)].map((call) => (call as { function: unknown }).function);
}

t.test('a call is written once, with the piece that makes its arguments whole', (t) => {
  const calls = new ToolCalls();
  for (const piece of ['{"text":"{}', '}"', ',"more":{"a":[1', ']}'])
    t.strictSame(calls.add(fragment(piece, true)), []);
  t.match(calls.add(fragment('}')), [
    { function: { name: 'write', arguments: { text: '{}}', more: { a: [1] } } } },
  ]);
  t.strictSame(calls.add(fragment(' \n')), []);
  t.strictSame(calls.end(false), []);
  t.end();
});

t.test('one whose arguments are no object in the end is an error then', (t) => {
  for (const pieces of [['{"a":}'], ['{"a":}', '}', '}'], ['[1]'], ['{"a":1']])
    t.throws(() => written(pieces), { code: 'upstream_malformed' }, pieces.join());
  t.end();
});

t.test('long arguments that are full of braces take a time that grows with their length', (t) => {
  const timeOf = (count: number): number => {
    const pieces = ['{"text":"', ...Array(count).fill('x}'), '"}'];
    return costOf(() => void t.match(written(pieces), [{ name: 'write' }]));
  };
  growsWithNumber(t, timeOf, 80_000);
  t.end();
});

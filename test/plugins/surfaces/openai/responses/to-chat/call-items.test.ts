import t from 'tap';
import { costOf, growsWithNumber } from '../../../../../cost.ts';
import { CallItems } from '../../../../../../plugins/surfaces/openai/responses/to-chat/call-items.ts';
import { ItemWriter } from '../../../../../../plugins/surfaces/openai/responses/to-chat/item-writer.ts';

const call = (index: number, text: string, named = true) => ({
  index,
  ...(named && { id: `call_${index}` }),
  function: { ...(named && { name: 'now' }), arguments: text },
});

function written(fragments: readonly object[]): { readonly types: string[]; readonly writer: ItemWriter } {
  const types: string[] = [];
  const writer = new ItemWriter('x', ({ type }) => void types.push(String(type)));
  const items = new CallItems(writer, new Map());
  for (const fragment of fragments) items.add(fragment as Record<string, unknown>);
  items.end('completed');
  return { types, writer };
}

t.test('a call is closed when the next one begins, if its arguments are whole', (t) => {
  const { types, writer } = written([call(0, '{"a"'), call(1, '{}'), call(0, ':1}', false), call(2, '{}')]);
  const places = types.map((type) => type.replace(/^response\./, ''));
  t.strictSame(
    places.filter((type) => /item/.test(type)),
    [
      'output_item.added',
      'output_item.added',
      'output_item.done',
      'output_item.done',
      'output_item.added',
      'output_item.done',
    ],
  );
  t.match(writer.output, [{ arguments: '{"a":1}' }, { arguments: '{}' }, { arguments: '{}' }]);
  t.end();
});

t.test('many calls take a time that grows with their number', (t) => {
  const timeOf = (count: number): number => {
    const calls = Array.from({ length: count }, (_, nth) => call(nth, '{}'));
    return costOf(() => void t.equal(written(calls).writer.output.length, count));
  };
  growsWithNumber(t, timeOf, 20_000);
  t.end();
});

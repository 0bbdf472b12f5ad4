import t from 'tap';
import { Conversations } from '../../../../../../../plugins/surfaces/openai/websockets/responses/bridged/conversations.ts';

t.test('all together have a bound: the oldest is forgotten first', async (t) => {
  const kept = new Conversations(100);
  const said = (length: number) => [{ text: 'x'.repeat(length) }];
  for (const id of ['a', 'b', 'c']) kept.keep(id, said(30));
  t.equal(kept.find('a'), undefined);
  t.strictSame(kept.find('c'), said(30));
  kept.keep('b', said(31));
  kept.keep('d', said(30));
  t.equal(kept.find('c'), undefined, 'one that is kept again is not the oldest');
  kept.keep('e', said(200));
  t.equal(kept.bytes, 0, 'one that is too long alone is not kept');
  kept.keep('f', said(10));
  kept.forget('f');
  kept.forget('nothing');
  t.equal(kept.bytes, 0);
});

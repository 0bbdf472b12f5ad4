/** The numbers by which a caller of `/api/generate` goes on with a conversation. */
import t from 'tap';
import { conversationIn } from '../../../../../plugins/surfaces/ollama/to-chat/context.ts';
import { CHAT, chunk, says, startStandIn, streams } from '../../../../servers/stand-in.ts';
import { all, before, whole } from '../provider-of-chat.ts';

t.test('an answer gives them, and the next request sends them back', async (t) => {
  const server = await startStandIn(t, { [CHAT]: says(200, whole({ content: 'Ada. ☂' })) });
  const { client } = await before(t, server);
  const asked = { model: 'm', prompt: 'My name is Ada.', system: 'Be kind' };
  const { context } = await client.generate(asked);
  t.ok(context.every((one) => Number.isInteger(one)));
  server.replies[CHAT] = streams([
    chunk({ content: 'Hi ' }),
    chunk({ content: 'Ada' }),
    chunk({}, 'stop'),
    '[DONE]',
  ]);
  const lines = await all(await client.generate({ ...asked, prompt: 'Say it', context, stream: true }));
  const first = [
    { role: 'system', content: 'Be kind' },
    { role: 'user', content: 'My name is Ada.' },
    { role: 'assistant', content: 'Ada. ☂' },
    { role: 'user', content: 'Say it' },
  ];
  t.strictSame(server.asked.at(-1)?.body.messages, first, 'the system prompt is there once');
  const [, , last] = lines;
  t.strictSame(conversationIn(last?.context), [...first, { role: 'assistant', content: 'Hi Ada' }]);
  t.notOk('context' in lines[0]!, 'only the last line has them');
  server.replies[CHAT] = says(200, whole({ content: 'A cat' }));
  const seen = await client.generate({ ...asked, images: ['iVBORw0KGgoAAAANSUhEUg=='] });
  t.notOk('context' in seen, 'a picture would be lost in them');
});

t.test('those of another server are refused', async (t) => {
  const server = await startStandIn(t, {});
  const { client } = await before(t, server);
  const bytes = [...Buffer.from('{"conversation":[{"role":"root","content":"x"}]}')];
  for (const context of [[1, 2, 3], [128_000, 5], bytes, [...Buffer.from('{"conversation":[')]])
    await t.rejects(client.generate({ model: 'm', prompt: 'hi', context }), {
      status_code: 400,
      message: /'context'/,
    });
  t.strictSame(conversationIn([]), []);
});

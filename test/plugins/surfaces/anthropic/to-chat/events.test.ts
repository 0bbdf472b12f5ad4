import t from 'tap';
import { messagesToChat } from '../../../../../plugins/surfaces/anthropic/to-chat/index.ts';
import { CHAT, chunk, says, startStandIn, streams } from '../../../../servers/stand-in.ts';
import type { Parsed } from '../../openai/recorded.ts';
import { ASKED, before } from './provider-of-chat.ts';

t.test('calls that come mixed are written one behind the other, each whole', (t) => {
  const translate = messagesToChat.events();
  const piece = (index: number, args: string, more: object = {}) => ({
    event: '',
    data: JSON.stringify(chunk({ tool_calls: [{ index, ...more, function: { arguments: args, ...more } }] })),
  });
  const events = [
    piece(0, '', { id: 'a', name: 'one' }),
    piece(1, '', { id: 'b', name: 'two' }),
    piece(0, '{"a"'),
    piece(1, '{"b"'),
    piece(0, ':1}'),
    piece(1, ':2}'),
    { event: '', data: JSON.stringify(chunk({}, 'tool_calls')) },
    { event: '', data: '[DONE]' },
  ].flatMap((event) => translate(event));
  const bodies = events.map(({ data }) => JSON.parse(data));
  const blocks: string[] = [];
  let open: number | undefined;
  for (const { type, index, content_block, delta } of bodies) {
    if (type === 'content_block_start') {
      t.equal(open, undefined, 'one open at a time');
      open = index;
      blocks[index] = `${content_block.name} `;
    }
    if (type === 'content_block_delta') blocks[index] += delta.partial_json;
    if (type === 'content_block_stop') open = undefined;
  }
  t.strictSame(blocks, ['one {"a":1}', 'two {"b":2}']);
  t.match(bodies.at(-2), { type: 'message_delta', delta: { stop_reason: 'tool_use' } });
  t.end();
});

t.test('a stream that is cut, fails or refuses is an error in the words of messages', async (t) => {
  const server = await startStandIn(t, {});
  const { client, switchyard } = await before(t, server);
  server.replies[CHAT] = streams([chunk({ content: 'Half' })], 'break');
  const cut = await client.messages
    .stream(ASKED)
    .finalMessage()
    .catch((error: unknown) => error);
  t.match(cut, { error: { type: 'error', error: { type: 'api_error', code: 'stream_cut' } } });
  const { text } = await switchyard.ask('/v1/messages', { body: { ...ASKED, stream: true } });
  t.notMatch(text, /message_stop|stop_reason":"/);
  server.replies[CHAT] = streams([chunk({ content: 'Half' }), { error: { message: 'out of memory' } }]);
  const broken = await client.messages
    .stream(ASKED)
    .finalMessage()
    .catch((error: unknown) => error);
  t.match(broken, { error: { error: { message: /out of memory/ } } });
  server.replies[CHAT] = says(429, { error: { message: 'slow down', type: 'requests', code: 'rate_limit' } });
  const refused = await switchyard.ask('/v1/messages', { body: ASKED });
  t.match(refused, { status: 429 });
  t.match(refused.json(), { type: 'error', error: { type: 'rate_limit_error', message: /slow down/ } });
  const untranslatable = await switchyard.ask('/v1/messages', { body: { ...ASKED, top_k: 5 } });
  t.match(untranslatable.json(), { type: 'error', error: { type: 'invalid_request_error', param: 'top_k' } });
  t.equal(untranslatable.status, 400);
});

t.test('the reason is enough: a closing event that is missing is added', async (t) => {
  const server = await startStandIn(t, {});
  const { client } = await before(t, server);
  server.replies[CHAT] = streams([chunk({ content: 'Whole' }), chunk({}, 'stop')]);
  t.match(await client.messages.stream(ASKED).finalMessage(), {
    content: [{ text: 'Whole' }],
    stop_reason: 'end_turn',
  });
});

t.test('text in the middle of a call waits until its arguments are whole', (t) => {
  const translate = messagesToChat.events();
  const choice = (delta: object, finish_reason: string | null = null) =>
    translate({
      event: '',
      data: JSON.stringify({ id: 'c', choices: [{ index: 0, delta, finish_reason }] }),
    });
  const call = (text: string, more: object = {}) => ({
    tool_calls: [{ index: 0, id: 'call_1', function: { arguments: text, ...more } }],
  });
  const events = [
    ...choice(call('{"a":', { name: 'now' })),
    ...choice({ content: 'Wait.' }),
    ...choice(call('1}')),
    ...choice({}, 'tool_calls'),
    ...translate({ event: '', data: '[DONE]' }),
  ].map(({ data }) => JSON.parse(data) as Parsed);
  const begun = events.filter(({ type }) => type === 'content_block_start');
  t.strictSame(
    begun.map(({ content_block }) => content_block.type),
    ['tool_use', 'text'],
  );
  const written = events.filter(({ delta }) => delta?.type === 'input_json_delta');
  t.ok(
    written.every(({ index }) => index === begun[0].index),
    'all arguments are in their own block',
  );
  t.equal(written.map(({ delta }) => delta.partial_json).join(''), '{"a":1}');
  t.end();
});

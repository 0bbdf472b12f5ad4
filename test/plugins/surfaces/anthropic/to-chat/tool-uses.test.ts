/** Calls of tools in a chat's stream as blocks of a message. */
import t from 'tap';
import { messagesToChat } from '../../../../../plugins/surfaces/anthropic/to-chat/index.ts';
import { CHAT, chunk, says, startStandIn, streams } from '../../../../servers/stand-in.ts';
import type { Parsed } from '../../openai/recorded.ts';
import { ASKED, before } from './provider-of-chat.ts';

const piece = (index: number, args: string, more: object = {}) =>
  chunk({ tool_calls: [{ index, ...more, function: { arguments: args, ...more } }] });

function translated(chunks: readonly object[]): Parsed[] {
  const translate = messagesToChat.events();
  const events = [...chunks.map((one) => JSON.stringify(one)), '[DONE]'];
  return events.flatMap((data) => translate({ event: '', data })).map(({ data }) => JSON.parse(data));
}

t.test('a call without a name is an answer that fails, whole and streamed', async (t) => {
  const nameless = [piece(0, '{}', { id: 'a' }), chunk({}, 'tool_calls')];
  const server = await startStandIn(t, { [CHAT]: streams([...nameless, '[DONE]']) });
  const { switchyard } = await before(t, server);
  const streamed = await switchyard.ask('/v1/messages', { body: { ...ASKED, stream: true } });
  t.match(streamed.text, /event: error[^]*has no name/);
  t.notMatch(streamed.text, /message_stop/);
  const message = {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'a', function: { arguments: '{}' } }],
  };
  const whole = (finish_reason: string) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason }],
  });
  server.replies[CHAT] = says(200, whole('tool_calls'));
  const answer = await switchyard.ask('/v1/messages', { body: ASKED });
  t.match(answer.json(), { error: { code: 'upstream_malformed', message: /has no name/ } });
  server.replies[CHAT] = says(200, whole('length'));
  const cut = await switchyard.ask('/v1/messages', { body: ASKED });
  t.match(
    cut.json(),
    { content: [], stop_reason: 'max_tokens' },
    'the half of one, of an answer that ran out',
  );
});

t.test('white space before a call is no block, and within a text it stays', (t) => {
  const blocks = (chunks: readonly object[]): string[] => {
    const said: string[] = [];
    for (const { type, content_block: block, delta } of translated(chunks)) {
      if (type === 'content_block_start') said.push(`${block.type}:`);
      if (type === 'content_block_delta') said.push((said.pop() ?? '') + (delta.text ?? delta.partial_json));
    }
    return said;
  };
  const call = [piece(0, '{}', { id: 'a', name: 'f' }), chunk({}, 'tool_calls')];
  t.strictSame(blocks([chunk({ content: '\n\n' }), ...call]), ['tool_use:{}']);
  t.strictSame(blocks([chunk({ content: '\n' }), chunk({ content: 'so \n' }), ...call]), [
    'text:\nso \n',
    'tool_use:{}',
  ]);
  t.strictSame(blocks([chunk({ content: ' ' }), chunk({}, 'stop')]), ['text: ']);
  const answer = messagesToChat.answer({
    choices: [
      {
        message: { content: '\n\n', tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }] },
        finish_reason: 'tool_calls',
      },
    ],
  }) as Parsed;
  t.match(answer.content, [{ type: 'tool_use' }]);
  t.equal(answer.content.length, 1);
  t.end();
});

t.test('arguments count as tokens where no server counts', (t) => {
  const [said] = translated([
    piece(0, `{"text":"${'x'.repeat(4_000)}"}`, { id: 'a', name: 'f' }),
    chunk({}, 'tool_calls'),
  ]).filter(({ type }) => type === 'message_delta');
  t.match(said.usage, { estimated: true });
  t.ok(said.usage.output_tokens >= 1_000);
  t.end();
});

t.test('mixed calls with long arguments take a time that grows with their length alone', (t) => {
  const timeOf = (pieces: number): number => {
    const chunks = [piece(0, '{"a":"', { id: 'a', name: 'f' }), piece(1, '{"b":"', { id: 'b', name: 'g' })];
    for (let nth = 0; nth < pieces; nth++) chunks.push(piece(0, 'x'.repeat(50)), piece(1, 'y'.repeat(50)));
    const began = process.cpuUsage();
    translated([...chunks, piece(0, '"}'), piece(1, '"}'), chunk({}, 'tool_calls')]);
    const { user, system } = process.cpuUsage(began);
    return user + system;
  };
  timeOf(500);
  const [short, long] = [timeOf(1_000), timeOf(8_000)];
  t.ok(long < 32 * short, `${long} µs for eight times what took ${short} µs`);
  t.end();
});

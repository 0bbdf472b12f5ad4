import t from 'tap';
import { chat } from '../../../../../plugins/surfaces/openai/dialects/chat.ts';
import { CHAT, chunk, recorded, says, startStandIn, streams } from '../../../../servers/stand-in.ts';
import {
  eventsOf,
  foldAll,
  makeCall,
  vendorAnswers,
  vendorStreams,
  type Parsed,
} from '../../openai/recorded.ts';
import { ASKED, before } from './provider-of-chat.ts';

const COUNTED = { stream_options: { include_usage: true } };

/** What a caller of chat reads of an answer, to be found in the message again. */
function meant({ choices: [choice], usage }: Parsed) {
  const { content, refusal: refused, reasoning_content, reasoning, tool_calls = [] } = choice.message;
  return {
    text: `${content ?? ''}${refused ?? ''}`,
    thinking: reasoning_content || reasoning || '',
    calls: tool_calls.map(({ function: called }: Parsed) => [
      called.name,
      JSON.parse(called.arguments || '{}'),
    ]),
    output: usage?.completion_tokens,
  };
}

function said({ content, usage }: Parsed, counted: boolean) {
  const join = (type: string, member: string): string =>
    content.map((block: Parsed) => (block.type === type ? block[member] : '')).join('');
  return {
    text: join('text', 'text'),
    thinking: join('thinking', 'thinking'),
    calls: content
      .filter(({ type }: Parsed) => type === 'tool_use')
      .map(({ name, input }: Parsed) => [name, input]),
    output: counted ? usage.output_tokens : undefined,
  };
}

t.test("vendors' recorded chats are read by the SDK, streamed and whole", async (t) => {
  const server = await startStandIn(t, {});
  const { client, switchyard } = await before(t, server);
  const isChat = ({ dialect, body }: { dialect: unknown; body: Buffer }): boolean =>
    dialect === chat && body.includes('"choices"');
  let count = 0;
  for (const { file, body } of vendorStreams().filter(isChat)) {
    server.replies[CHAT] = recorded(file);
    const expected = meant(foldAll(chat, eventsOf(body)));
    const message = await client.messages.stream(ASKED).finalMessage();
    t.strictSame(said(message, expected.output !== undefined), expected, file);
    t.match(message.stop_reason, /./, file);
    t.match(await switchyard.trace(), { translated: 'messages-to-chat', ending: 'complete' });
    count += 1;
  }
  for (const { file, body } of vendorAnswers().filter(isChat)) {
    server.replies[CHAT] = recorded(file);
    const expected = meant(foldAll(chat, chat.unfold!(JSON.parse(body.toString()), makeCall(COUNTED))));
    const message = await client.messages.create(ASKED);
    t.strictSame(said(message, expected.output !== undefined), expected, file);
    count += 1;
  }
  t.ok(count >= 15, String(count));
});

t.test('a tool is called and its result goes back, streamed and not', async (t) => {
  const server = await startStandIn(t, {});
  const { client } = await before(t, server);
  const tools = [{ name: 'weather', input_schema: { type: 'object' as const } }];
  for (const streamed of [true, false]) {
    const call = {
      id: 'call_1',
      type: 'function',
      function: { name: 'weather', arguments: '{"city":"Bern"}' },
    };
    const half = (text: string) => chunk({ tool_calls: [{ index: 0, function: { arguments: text } }] });
    const begun = { ...call, index: 0, function: { name: 'weather', arguments: '' } };
    const usage = {
      prompt_tokens: 20,
      completion_tokens: 7,
      total_tokens: 27,
      prompt_tokens_details: { cached_tokens: 5 },
    };
    server.replies[CHAT] = streamed
      ? streams([
          chunk({ role: 'assistant', content: null }),
          chunk({ tool_calls: [begun] }),
          half('{"city":'),
          half('"Bern"}'),
          chunk({}, 'tool_calls'),
          { ...chunk({}), choices: [], usage },
          '[DONE]',
        ])
      : says(200, {
          id: 'c',
          object: 'chat.completion',
          choices: [
            {
              index: 0,
              message: { role: 'assistant', content: null, tool_calls: [call] },
              finish_reason: 'tool_calls',
            },
          ],
          usage,
        });
    const body = { ...ASKED, tools };
    const message = await (streamed
      ? client.messages.stream(body).finalMessage()
      : client.messages.create(body));
    t.match(message, {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Bern' } }],
      stop_reason: 'tool_use',
      usage: { input_tokens: 15, cache_read_input_tokens: 5, output_tokens: 7 },
    });
    if (streamed) t.strictSame(server.asked.at(-1)?.body.stream_options, { include_usage: true });
    await client.messages.create({
      ...body,
      messages: [
        ...ASKED.messages,
        { role: 'assistant', content: message.content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: 'sunny' }] },
      ],
    });
    t.match(server.asked.at(-1)?.body, {
      model: 'own',
      tools: [{ type: 'function', function: { name: 'weather' } }],
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', tool_calls: [call] },
        { role: 'tool', tool_call_id: 'call_1' },
      ],
    });
  }
});

t.test('an answer ends for the reason that chat gave', async (t) => {
  const server = await startStandIn(t, {});
  const { client } = await before(t, server);
  for (const [finish, more, stop] of [
    ['stop', {}, { stop_reason: 'end_turn', stop_sequence: null }],
    ['stop', { stop_reason: 'END' }, { stop_reason: 'stop_sequence', stop_sequence: 'END' }],
    ['length', {}, { stop_reason: 'max_tokens' }],
    ['content_filter', {}, { stop_reason: 'refusal' }],
    ['eos', {}, { stop_reason: 'end_turn' }],
  ] as const) {
    const choice = { index: 0, message: { role: 'assistant', content: 'a' }, finish_reason: finish, ...more };
    server.replies[CHAT] = says(200, { id: 'c', choices: [choice] });
    t.match(await client.messages.create(ASKED), stop, finish);
    const last = { ...chunk({}), choices: [{ index: 0, delta: {}, finish_reason: finish, ...more }] };
    server.replies[CHAT] = streams([chunk({ content: 'a' }), last, '[DONE]']);
    t.match(
      await client.messages.stream(ASKED).finalMessage(),
      { ...stop, usage: { output_tokens: Number } },
      finish,
    );
  }
});

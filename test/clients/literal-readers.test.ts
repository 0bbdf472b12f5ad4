/** Clients that join or drop what they read twice or elsewhere get what they read right. What each does is in findings/. */
import t from 'tap';
import type { Parsed, Switchyard } from '../switchyard.ts';
import { startSwitchyard } from '../switchyard.ts';
import { CHAT, chunk, gatewayBefore, startStandIn, streams } from '../servers/stand-in.ts';
import { HI, MESSAGES, before } from '../plugins/surfaces/anthropic/from-chat/provider-of-messages.ts';

const PIECES = ['', '{"amount":', '1000}'];
const call = (args: string) =>
  chunk({
    role: 'assistant',
    tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'pay', arguments: args } }],
  });
const repeats = streams([...PIECES.map(call), chunk({ role: 'assistant' }, 'tool_calls'), '[DONE]']);
const ASKED = { model: 'm', max_tokens: 50, stream: true, messages: [{ role: 'user', content: 'hi' }] };

const eventsOf = (text: string): Parsed[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice('data: '.length)));

const messages = async (switchyard: Switchyard): Promise<Parsed[]> =>
  eventsOf((await switchyard.ask('/v1/messages', { body: ASKED })).text);

t.test('a call that a server names with each fragment is named once', async (t) => {
  const server = await startStandIn(t, { [CHAT]: repeats });
  const tidy = { use: 'openai-compatible', baseUrl: `${server.url}/v1`, quirks: { tidy: true } };
  const switchyard = await startSwitchyard(t, { providers: { tidy: { ...tidy, models: { m: 'm' } } } });
  const { events } = await switchyard.chat({ stream: true });
  const deltas: Parsed[] = events.slice(0, -1).flatMap((data) => JSON.parse(data).choices[0]?.delta ?? []);
  t.strictSame(
    deltas.flatMap(({ role }) => role ?? []),
    ['assistant'],
  );
  const fragments = deltas.flatMap(({ tool_calls }) => tool_calls ?? []);
  t.strictSame(
    fragments.flatMap((one) => one.id ?? []),
    ['call_1'],
  );
  t.strictSame(
    fragments.flatMap((one) => one.function.name ?? []),
    ['pay'],
  );
  t.equal(fragments.map((one) => one.function.arguments).join(''), '{"amount":1000}');
});

t.test('so it is on the other APIs, where blocks begin empty', async (t) => {
  const server = await startStandIn(t, { [CHAT]: repeats });
  const switchyard = await gatewayBefore(t, { server });
  const said = await messages(switchyard);
  const begun = said.filter(({ type }) => type === 'content_block_start');
  t.match(begun, [{ content_block: { type: 'tool_use', id: 'call_1', name: 'pay' } }]);
  t.strictSame(begun[0].content_block.input, {});
  t.equal(said.map(({ delta }) => delta?.partial_json ?? '').join(''), '{"amount":1000}');
  const body = { model: 'm', stream: true, input: 'hi' };
  const last = eventsOf((await switchyard.ask('/v1/responses', { body })).text).at(-1);
  t.match(last.response.output, [{ type: 'function_call', name: 'pay', arguments: '{"amount":1000}' }]);
});

t.test('a stream of messages counts once: all tokens are in its one message_delta', async (t) => {
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
  const counts = chunk({}, null, { choices: [], usage });
  const server = await startStandIn(t, {
    [CHAT]: streams([chunk({ content: 'Hello' }), chunk({}, 'stop'), counts, '[DONE]']),
  });
  const said = await messages(await gatewayBefore(t, { server }));
  t.equal(said[0].message.usage.output_tokens, 0);
  const deltas = said.filter(({ type }) => type === 'message_delta');
  t.match(deltas, [{ usage: { input_tokens: 10, output_tokens: 5 } }]);
  t.equal(deltas.length, 1);
});

const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [] };
const delta = (stop_reason: string | null, output_tokens: number) => ({
  type: 'message_delta',
  delta: { stop_reason, stop_sequence: null },
  usage: { output_tokens },
});
const begin = (index: number, content_block: object) => ({
  type: 'content_block_start',
  index,
  content_block,
});

t.test('blocks of Anthropic’s API that begin full, and running counts, are read whole', async (t) => {
  const events = [
    { type: 'message_start', message: { ...message, usage: { input_tokens: 10, output_tokens: 1 } } },
    begin(0, { type: 'text', text: 'Hel' }),
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'lo' } },
    { type: 'content_block_stop', index: 0 },
    begin(1, { type: 'tool_use', id: 'toolu_1', name: 'pay', input: { amount: 1000 } }),
    { type: 'content_block_stop', index: 1 },
    delta(null, 3),
    delta('tool_use', 5),
    { type: 'message_stop' },
  ];
  const server = await startStandIn(t, {
    [MESSAGES]: ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(events.map((data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`).join(''));
    },
  });
  const { switchyard } = await before(t, server);
  const answer = await switchyard.chat({ ...HI, stream: true, stream_options: { include_usage: true } });
  const said = eventsOf(answer.text);
  const deltas: Parsed[] = said.flatMap(({ choices }) => choices[0]?.delta ?? []);
  t.equal(deltas.map(({ content }) => content ?? '').join(''), 'Hello');
  const args = deltas.flatMap(({ tool_calls }) => tool_calls ?? []).map((one) => one.function.arguments);
  t.strictSame(JSON.parse(args.join('')), { amount: 1000 });
  t.match(said.at(-1), { usage: { prompt_tokens: 10, completion_tokens: 5 } });
});

t.test('a refusal is a text where the API of the caller has no refusals', async (t) => {
  const server = await startStandIn(t, {
    [CHAT]: streams([chunk({ refusal: 'I can' }), chunk({ refusal: 'not' }), chunk({}, 'stop'), '[DONE]']),
  });
  const switchyard = await gatewayBefore(t, { server });
  const said = await messages(switchyard);
  t.equal(said.map(({ delta: one }) => one?.text ?? '').join(''), 'I cannot');
  t.equal(said.find(({ type }) => type === 'message_delta')?.delta.stop_reason, 'refusal');
  const chat = { model: 'm', messages: ASKED.messages, stream: true };
  const ollama = (await switchyard.ask('/api/chat', { body: chat })).text.trim().split('\n');
  t.equal(ollama.map((line) => JSON.parse(line).message?.content ?? '').join(''), 'I cannot');
  const body = { model: 'm', stream: true, input: 'hi' };
  const last = eventsOf((await switchyard.ask('/v1/responses', { body })).text).at(-1);
  t.match(last.response.output, [{ content: [{ type: 'refusal', refusal: 'I cannot' }] }]);
});

t.test('content in parts, as Mistral streams it, is a text and a reasoning', async (t) => {
  const thinking = [{ type: 'thinking', thinking: [{ type: 'text', text: 'Greet.' }] }];
  const parts = [chunk({ content: thinking }), chunk({ content: [{ type: 'text', text: 'Hel' }] })];
  const server = await startStandIn(t, {
    [CHAT]: streams([...parts, chunk({ content: 'lo' }), chunk({}, 'stop'), '[DONE]']),
  });
  const mistral = { use: 'mistral', baseUrl: `${server.url}/v1`, apiKey: 'x', models: { m: 'm' } };
  const switchyard = await startSwitchyard(t, { providers: { mistral } });
  const { events } = await switchyard.chat({ stream: true });
  const deltas: Parsed[] = events.slice(0, -1).flatMap((data) => JSON.parse(data).choices[0]?.delta ?? []);
  t.equal(deltas.map(({ content }) => content ?? '').join(''), 'Hello');
  t.equal(deltas.map(({ reasoning_content }) => reasoning_content ?? '').join(''), 'Greet.');
});

t.test(
  'an error of the Responses API is in `error`, where SDKs raise it, also if its server wrote it flat',
  async (t) => {
    const response = {
      id: 'resp_1',
      object: 'response',
      created_at: 1,
      model: 'm',
      status: 'in_progress',
      output: [],
    };
    const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] };
    const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
    const said = { code: 'server_error', message: 'overloaded', param: null };
    for (const error of [said, { error: said }]) {
      const events = [
        { type: 'response.created', response },
        { type: 'response.output_item.added', output_index: 0, item },
        {
          type: 'response.content_part.added',
          ...at,
          part: { type: 'output_text', text: '', annotations: [] },
        },
        { type: 'response.output_text.delta', ...at, delta: 'Half' },
        { type: 'error', ...error },
      ];
      const server = await startStandIn(t, {
        'POST /v1/responses': ({ response: reply }) => {
          reply.writeHead(200, { 'content-type': 'text/event-stream' });
          reply.end(events.map((data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`).join(''));
        },
      });
      const switchyard = await gatewayBefore(t, { server });
      const { text } = await switchyard.ask('/v1/responses', {
        body: { model: 'm', stream: true, input: 'hi' },
      });
      const told = eventsOf(text).find(({ type }) => type === 'error');
      t.match(told, { error: { code: String, message: /overloaded/ } });
      t.equal(eventsOf(text).at(-1).type, 'response.failed');
    }
  },
);

/** Claude's signed thoughts in a conversation of the Responses API. */
import OpenAI from 'openai-7';
import t from 'tap';
import { CHAT, chunk, says, startStandIn, streams, type Reply } from '../../../../servers/stand-in.ts';
import { startSwitchyard } from '../../../../switchyard.ts';
import type { Parsed } from '../recorded.ts';
import { before } from './to-chat/provider-of-chat.ts';

const content = [
  { type: 'thinking', thinking: 'I should look.', signature: 'c2lnbmVk' },
  { type: 'redacted_thinking', data: 'aGlkZGVu' },
  { type: 'tool_use', id: 'toolu_1', name: 'now', input: { a: 1 } },
];
const whole = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude',
  content,
  stop_reason: 'tool_use',
  usage: { input_tokens: 3, output_tokens: 5 },
};

/** The same, streamed where that is asked for. */
const answers: Reply = (asked) => {
  if (!asked.body.stream) return says(200, whole)(asked);
  const { response } = asked;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (type: string, more: object): void =>
    void response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`);
  send('message_start', { message: { ...whole, content: [], stop_reason: null } });
  const deltas: Parsed[][] = [
    [
      { type: 'thinking_delta', thinking: 'I should look.' },
      { type: 'signature_delta', signature: 'c2lnbmVk' },
    ],
    [],
    [{ type: 'input_json_delta', partial_json: '{"a":1}' }],
  ];
  const begins = [
    { type: 'thinking', thinking: '', signature: '' },
    content[1],
    { ...content[2], input: {} },
  ];
  for (const [index, content_block] of begins.entries()) {
    send('content_block_start', { index, content_block });
    for (const delta of deltas[index]!) send('content_block_delta', { index, delta });
    send('content_block_stop', { index });
  }
  send('message_delta', { delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 5 } });
  send('message_stop', {});
  response.end();
};

t.test('they come back to Claude as it signed them, streamed and not', async (t) => {
  const server = await startStandIn(t, { 'POST /v1/messages': answers });
  const options = {
    use: 'anthropic',
    baseUrl: `${server.url}/v1`,
    apiKey: 'k',
    models: { m: 'claude-opus-4-5' },
  };
  const switchyard = await startSwitchyard(t, { providers: { claude: options } });
  const client = new OpenAI({ baseURL: `${switchyard.url}/v1`, apiKey: 'x', maxRetries: 0 });
  const tools = [{ type: 'function' as const, name: 'now', parameters: { type: 'object' }, strict: false }];
  for (const streamed of [true, false]) {
    const ask = (input: Parsed) => {
      const body = { model: 'm', input, tools, store: false };
      return streamed ? client.responses.stream(body).finalResponse() : client.responses.create(body);
    };
    const first = await ask('Look');
    t.match(await switchyard.trace(), { translated: 'responses-to-chat-to-messages' });
    const thought = first.output.find(({ type }) => type === 'reasoning') as Parsed;
    t.match(thought.encrypted_content, /anthropic-claude-v1/, 'whose it is stands in it');
    const results = [{ type: 'function_call_output', call_id: 'toolu_1', output: '12:00' }];
    await ask([{ role: 'user', content: 'Look' }, ...first.output, ...results]);
    t.match(server.asked.at(-1)?.body.messages, [
      { role: 'user' },
      { role: 'assistant', content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1' }] },
    ]);
  }
});

t.test("what stands beside a tool call, such as Gemini's signature, comes back with it", async (t) => {
  const server = await startStandIn(t, {});
  const { client } = await before(t, server);
  const extra_content = { google: { thought_signature: 'c2lnbmVk' } };
  const call = { id: 'call_1', type: 'function', function: { name: 'now', arguments: '{}' }, extra_content };
  const tools = [{ type: 'function' as const, name: 'now', parameters: { type: 'object' }, strict: false }];
  server.replies[CHAT] = streams([
    chunk({ tool_calls: [{ index: 0, ...call }] }),
    chunk({}, 'tool_calls'),
    '[DONE]',
  ]);
  const { output } = await client.responses.stream({ model: 'm', input: 'Look', tools }).finalResponse();
  t.match(output, [
    { type: 'reasoning', summary: [] },
    { type: 'function_call', call_id: 'call_1' },
  ]);
  const result = { type: 'function_call_output' as const, call_id: 'call_1', output: '12:00' };
  await client.responses
    .stream({ model: 'm', input: [...(output as Parsed), result], tools })
    .finalResponse();
  t.strictSame(server.asked.at(-1)?.body.messages[0].tool_calls, [call]);
});

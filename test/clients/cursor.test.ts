/** Cursor 3.14, which asks `/chat/completions` with the body of a response, and reads the answer of a chat. */
import { OpenAI } from 'openai-7';
import { ChatCompletionStream } from 'openai-7/lib/ChatCompletionStream';
import type { Stream } from 'openai-7/streaming';
import t from 'tap';
import { CHAT, chunk, gatewayBefore, says, startStandIn, streams } from '../servers/stand-in.ts';
import type { Parsed } from '../switchyard.ts';
import { applyPatch, PATCH, patcher } from './cursor-patch.ts';
import { PROTOCOLS, speaking } from './speaking.ts';

const readFile = {
  type: 'function',
  name: 'ReadFile',
  description: 'Reads a file.',
  parameters: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
  strict: false,
};

const body = (more: object = {}) => ({
  model: 'm',
  user: 'auth0|1',
  input: [
    { role: 'system', content: 'You are a coding agent.' },
    { role: 'user', content: [{ type: 'input_text', text: 'Add a file' }] },
  ],
  tools: [readFile, applyPatch],
  tool_choice: 'auto',
  stream: true,
  store: false,
  include: ['reasoning.encrypted_content'],
  reasoning: { effort: 'medium', summary: 'auto' },
  text: { verbosity: 'low' },
  truncation: 'auto',
  previous_response_id: null,
  prompt_cache_retention: '24h',
  stream_options: { include_usage: true },
  ...more,
});

/** What the client had from the model, as its next request says it. */
const turn = (called: Parsed) => [
  {
    type: 'function_call',
    call_id: called.id,
    name: called.function.name,
    arguments: called.function.arguments,
  },
  { type: 'function_call_output', call_id: called.id, output: 'Done' },
];

/** What the SDK makes of an answer, streamed or whole. */
async function heard(url: string, asked: object, stream: boolean): Promise<Parsed> {
  const { chat } = new OpenAI({ apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0 });
  if (!stream) return chat.completions.create({ ...asked, stream: false } as never);
  const events = (await chat.completions.create(asked as never)) as unknown as Stream<unknown>;
  return ChatCompletionStream.fromReadableStream(events.toReadableStream()).finalChatCompletion();
}

for (const protocol of PROTOCOLS)
  for (const stream of [true, false])
    t.test(`an edit of a file, with ${protocol}, ${stream ? 'streamed' : 'whole'}`, async (t) => {
      const { switchyard, messages } = await speaking(t, protocol, patcher, { untranslatable: 'drop' });
      const first = await heard(switchyard.url, body({ stream }), stream);
      t.equal(first.object, 'chat.completion');
      const [choice] = first.choices;
      t.equal(choice.finish_reason, 'tool_calls');
      const [called] = choice.message.tool_calls;
      t.match(called, { type: 'function', function: { name: 'ApplyPatch', arguments: PATCH } });
      t.ok(first.usage, 'tokens are counted');

      const { input } = body();
      const second = await heard(
        switchyard.url,
        body({ stream, input: [...input, ...turn(called)] }),
        stream,
      );
      t.equal(second.choices[0].message.content, 'It is there.');
      const told = messages();
      const [back] = told.find(({ tool_calls: calls }) => calls?.length > 0)?.tool_calls ?? [];
      t.equal(back.function.name, 'ApplyPatch');
      t.strictSame(JSON.parse(back.function.arguments), { input: PATCH });
      t.match(
        told.find(({ role }) => role === 'tool'),
        { tool_call_id: back.id, content: 'Done' },
      );
    });

t.test('a provider of chat gets a chat', async (t) => {
  const server = await startStandIn(t, {});
  const switchyard = await gatewayBefore(t, { server });
  const args = JSON.stringify({ input: PATCH });
  const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'ApplyPatch', arguments: '' } };
  server.replies[CHAT] = streams([
    chunk({ role: 'assistant', content: '' }),
    chunk({ content: 'Let me see.' }),
    chunk({ tool_calls: [call] }),
    ...Array.from(args, (piece) => chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] })),
    chunk({}, 'tool_calls'),
    '[DONE]',
  ]);
  const answer = await switchyard.ask('/v1/chat/completions', { body: body() });
  t.equal(answer.status, 200, answer.text);
  t.match(answer.headers['content-type'], 'text/event-stream');
  t.equal(answer.headers['x-switchyard-translated'], 'chat-input-to-chat');
  t.match(answer.text, /data: \[DONE\]\n\n$/);
  const deltas = answer.text
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice(6)).choices[0]?.delta ?? {});
  t.equal(deltas.map(({ content }) => content ?? '').join(''), 'Let me see.');
  const pieces = deltas
    .flatMap(({ tool_calls: calls = [] }) => calls)
    .map((one: Parsed) => one.function.arguments);
  t.equal(pieces.join(''), PATCH);
  t.ok(pieces.filter((piece: string) => piece !== '').length > 10, 'it comes in pieces');
  t.match(server.asked.at(-1)?.body, {
    model: 'm',
    stream: true,
    messages: [
      { role: 'system', content: 'You are a coding agent.' },
      { role: 'user', content: 'Add a file' },
    ],
    tools: [
      { type: 'function', function: { name: 'ReadFile', parameters: readFile.parameters } },
      { type: 'function', function: { name: 'ApplyPatch', description: /begin_patch hunk end_patch/ } },
    ],
    tool_choice: 'auto',
    reasoning_effort: 'medium',
    verbosity: 'low',
    stream_options: { include_usage: true },
  });
  t.notOk(server.asked.at(-1)?.body.input);
});

t.test("OpenAI's newer models are asked by the Responses API, with the tools as they are", async (t) => {
  const input = [
    { type: 'custom_tool_call', id: 'ctc_1', call_id: 'call_1', name: 'ApplyPatch', input: PATCH },
  ];
  const response = { id: 'resp_1', object: 'response', created_at: 1, model: 'gpt-5.5', status: 'completed' };
  const server = await startStandIn(t, {
    'POST /v1/responses': says(200, {
      ...response,
      output: input,
      usage: { input_tokens: 1, output_tokens: 1 },
    }),
    [CHAT]: says(500, {}),
  });
  const switchyard = await gatewayBefore(
    t,
    { server },
    {
      models: { m: { targets: [{ provider: 'server', model: 'gpt-5.5' }] } },
    },
  );
  const history = turn({ id: 'call_0', function: { name: 'ApplyPatch', arguments: PATCH } });
  const first = await switchyard.ask('/v1/chat/completions', {
    body: body({ stream: false, input: [...body().input, ...history] }),
  });
  t.equal(first.status, 200, first.text);
  t.match(first.json(), {
    object: 'chat.completion',
    choices: [
      {
        message: {
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'ApplyPatch', arguments: PATCH } },
          ],
        },
        finish_reason: 'tool_calls',
      },
    ],
  });
  const { body: sent } = server.asked.at(-1)!;
  t.strictSame(sent.tools, [readFile, applyPatch]);
  t.strictSame(sent.reasoning, { effort: 'medium', summary: 'auto' });
  t.notOk('stream_options' in sent, 'which the API has for something else');
  t.strictSame(sent.input.slice(-2), [
    { type: 'custom_tool_call', call_id: 'call_0', name: 'ApplyPatch', input: PATCH },
    { type: 'custom_tool_call_output', call_id: 'call_0', output: 'Done' },
  ]);

  server.replies['POST /v1/responses'] = says(404, { error: { message: 'Not Found' } });
  server.replies[CHAT] = streams([chunk({ content: 'By chat' }), chunk({}, 'stop'), '[DONE]']);
  const second = await switchyard.ask('/v1/chat/completions', { body: body() });
  t.match(second.text, /By chat/, 'a server without that API is asked by chat');
});

t.test('members, tools and parts of chat that stand in such a body', async (t) => {
  const server = await startStandIn(t, {
    [CHAT]: streams([chunk({ content: 'Hello' }), chunk({}, 'stop'), '[DONE]']),
  });
  const switchyard = await gatewayBefore(t, { server });
  const { strict: _, type, ...called } = readFile;
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
  const call = { id: 'call_1', type: 'function', function: { name: 'ReadFile', arguments: '{"path":"a"}' } };
  const answer = await switchyard.ask('/v1/chat/completions', {
    body: {
      model: 'm',
      stream: true,
      input: [
        { role: 'user', content: [{ type: 'text', text: 'See' }, image] },
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'call_1', content: 'text' },
      ],
      tools: [{ type, function: called }],
      tool_choice: { type, function: { name: 'ReadFile' } },
      max_tokens: 99,
      reasoning_effort: 'low',
      response_format: { type: 'json_object' },
    },
  });
  t.equal(answer.status, 200, answer.text);
  t.match(server.asked.at(-1)?.body, {
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'See' }, image] },
      { role: 'assistant', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: 'text' },
    ],
    tools: [{ type, function: called }],
    tool_choice: { type, function: { name: 'ReadFile' } },
    max_tokens: 99,
    reasoning_effort: 'low',
    response_format: { type: 'json_object' },
  });
});

t.test('a body that is long, and one that has both', async (t) => {
  const server = await startStandIn(t, {
    [CHAT]: streams([chunk({ content: 'Hello' }), chunk({}, 'stop'), '[DONE]']),
  });
  const switchyard = await gatewayBefore(t, { server });
  const text = 'word '.repeat(60_000);
  const long = await switchyard.ask('/v1/chat/completions', { body: body({ input: text, tools: [] }) });
  t.match(long.text, /Hello/);
  t.strictSame(server.asked.at(-1)?.body.messages, [{ role: 'user', content: text }]);

  const both = { model: 'm', stream: true, messages: [{ role: 'user', content: 'Hi' }], input: 'there' };
  const passed = await switchyard.ask('/v1/chat/completions', { body: both });
  t.notOk(passed.headers['x-switchyard-translated']);
  t.equal(server.asked.at(-1)?.body.input, 'there', 'passes as it came');
});

t.test('a provider that says it takes such bodies gets them', async (t) => {
  const server = await startStandIn(t, {
    [CHAT]: streams([chunk({ content: 'Hello' }), chunk({}, 'stop'), '[DONE]']),
  });
  const switchyard = await gatewayBefore(
    t,
    { server },
    {
      providers: {
        server: {
          use: 'openai-compatible',
          baseUrl: `${server.url}/v1`,
          surfaces: ['chat', 'chat-input'],
          models: { m: 'm' },
        },
      },
    },
  );
  const answer = await switchyard.ask('/v1/chat/completions', { body: body() });
  t.match(answer.text, /Hello/);
  t.strictSame(server.asked.at(-1)?.body, body());
});

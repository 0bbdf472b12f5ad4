/** Callers of Anthropic's API, answered by a provider that only has chat completions. */
import Anthropic from '@anthropic-ai/sdk';
import t, { type Test } from 'tap';
import { messagesToChat } from '../../../../plugins/surfaces/anthropic/to-chat/index.ts';
import { chat } from '../../../../plugins/surfaces/openai/dialects/chat.ts';
import {
  CHAT,
  chunk,
  recorded,
  says,
  startStandIn,
  streams,
  type StandIn,
} from '../../../servers/stand-in.ts';
import { startSwitchyard } from '../../../switchyard.ts';
import {
  eventsOf,
  foldAll,
  makeCall,
  vendorAnswers,
  vendorStreams,
  type Parsed,
} from '../openai/recorded.ts';
import { refusal } from '../openai/refusal.ts';

const user = (content: unknown) => ({ role: 'user', content });
const ASKED = { model: 'm', max_tokens: 99, messages: [{ role: 'user' as const, content: 'hi' }] };
const COUNTED = { stream_options: { include_usage: true } };
const CACHE = { cache_control: { type: 'ephemeral' } };
const PNG = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' };

function asChat(body: object) {
  const dropped: string[] = [];
  const request: Parsed = messagesToChat.request(
    { model: 'm', max_tokens: 9, messages: [], ...body },
    dropped,
  );
  return { ...request, dropped };
}

async function before(t: Test, server: StandIn) {
  const options = {
    use: 'openai-compatible',
    baseUrl: `${server.url}/v1`,
    surfaces: ['chat'],
    models: { m: 'own' },
  };
  const switchyard = await startSwitchyard(t, { retry: { again: 0 }, providers: { server: options } });
  return { switchyard, client: new Anthropic({ baseURL: switchyard.url, apiKey: 'x', maxRetries: 0 }) };
}

t.test('a request is said member by member', (t) => {
  for (const [given, expected] of [
    [{ system: 'Be kind' }, { messages: [{ role: 'system', content: 'Be kind' }] }],
    [
      {
        system: [
          { type: 'text', text: 'One', ...CACHE },
          { type: 'text', text: 'Two' },
        ],
      },
      { messages: [{ role: 'system', content: 'One\n\nTwo' }], dropped: ['cache_control'] },
    ],
    [{ messages: [user('hi')] }, { messages: [user('hi')], max_tokens: 9 }],
    [{ model: 'gpt-5.1' }, { max_completion_tokens: 9, max_tokens: undefined }],
    [{ model: 'gpt-4o' }, { max_tokens: 9 }],
    [
      { stop_sequences: ['a', 'b'], temperature: 0.5, top_p: 0.9 },
      { stop: ['a', 'b'], temperature: 0.5, top_p: 0.9 },
    ],
    [
      {
        messages: [
          user([
            { type: 'text', text: 'What is it?' },
            { type: 'image', source: PNG },
          ]),
        ],
      },
      {
        messages: [
          user([
            { type: 'text', text: 'What is it?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
          ]),
        ],
      },
    ],
    [
      { messages: [user([{ type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } }])] },
      { messages: [user([{ type: 'image_url', image_url: { url: 'https://a.example/b.png' } }])] },
    ],
    [
      {
        messages: [
          user([
            {
              type: 'document',
              title: 'a.pdf',
              source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' },
            },
          ]),
        ],
      },
      {
        messages: [
          user([
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' } },
          ]),
        ],
      },
    ],
    [
      {
        messages: [
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'Hm.', signature: '' },
              { type: 'thinking', thinking: 'Secret.', signature: 'signed by a vendor' },
              { type: 'redacted_thinking', data: 'x' },
              { type: 'text', text: 'I look.' },
              { type: 'tool_use', id: 'a', name: 'look', input: { at: 1 } },
              { type: 'tool_use', id: 'b', name: 'look', input: {} },
            ],
          },
          user([
            { type: 'tool_result', tool_use_id: 'a', content: 'seen' },
            {
              type: 'tool_result',
              tool_use_id: 'b',
              content: [{ type: 'text', text: 'no' }],
              is_error: true,
            },
            { type: 'text', text: 'Go on' },
          ]),
        ],
      },
      {
        messages: [
          {
            role: 'assistant',
            content: 'I look.',
            reasoning_content: 'Hm.',
            tool_calls: [
              { id: 'a', type: 'function', function: { name: 'look', arguments: '{"at":1}' } },
              { id: 'b', type: 'function', function: { name: 'look', arguments: '{}' } },
            ],
          },
          { role: 'tool', tool_call_id: 'a', content: 'seen' },
          { role: 'tool', tool_call_id: 'b', content: 'Error: no' },
          user('Go on'),
        ],
        dropped: ['thinking', 'redacted_thinking'],
      },
    ],
    [
      {
        messages: [
          user([{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'image', source: PNG }] }]),
        ],
      },
      {
        messages: [
          { role: 'tool', tool_call_id: 'a', content: 'It is shown in the next message.' },
          user([{ type: 'text', text: 'What the tool call a returned:' }, { type: 'image_url' }]),
        ],
      },
    ],
    [
      { tools: [{ name: 'f', description: 'd', input_schema: { type: 'object' }, strict: true, ...CACHE }] },
      {
        tools: [
          {
            type: 'function',
            function: { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true },
          },
        ],
        dropped: ['tools.cache_control'],
      },
    ],
    [{ tool_choice: { type: 'auto' } }, { tool_choice: 'auto' }],
    [{ tool_choice: { type: 'none' } }, { tool_choice: 'none' }],
    [
      { tool_choice: { type: 'any', disable_parallel_tool_use: true } },
      { tool_choice: 'required', parallel_tool_calls: false },
    ],
    [
      { tool_choice: { type: 'tool', name: 'f' } },
      { tool_choice: { type: 'function', function: { name: 'f' } } },
    ],
    [{ thinking: { type: 'enabled', budget_tokens: 2_000 } }, { reasoning_effort: 'low' }],
    [{ thinking: { type: 'enabled', budget_tokens: 31_999 } }, { reasoning_effort: 'high' }],
    [{ thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } }, { reasoning_effort: 'medium' }],
    [{ thinking: { type: 'disabled' } }, { reasoning_effort: undefined }],
    [
      { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'answer', schema: { type: 'object' }, strict: true },
        },
      },
    ],
    [
      {
        metadata: { user_id: 'u' },
        context_management: { edits: [] },
        service_tier: 'auto',
        mcp_servers: [],
      },
      { dropped: ['metadata', 'context_management', 'service_tier'] },
    ],
  ] as const)
    t.match(asChat(given), expected, JSON.stringify(given).slice(0, 100));
  t.end();
});

t.test('what chat cannot say is refused by its name', (t) => {
  for (const [given, member] of [
    [{ top_k: 5 }, 'top_k'],
    [{ container: 'c' }, 'container'],
    [{ mcp_servers: [{ type: 'url' }] }, 'mcp_servers'],
    [{ of_tomorrow: true }, 'of_tomorrow'],
    [{ inference_geo: 'us' }, 'inference_geo'],
    [{ tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, 'tools[0].type'],
    [{ tools: [{ name: 'f', input_schema: {}, of_tomorrow: 1 }] }, 'tools[0].of_tomorrow'],
    [{ tools: ['f'] }, 'tools[0]'],
    [{ tool_choice: { type: 'dance' } }, 'tool_choice'],
    [{ thinking: { type: 'between_tools' } }, 'thinking'],
    [{ output_config: { effort: 'enormous' } }, 'output_config.effort'],
    [{ output_config: { of_tomorrow: 1 } }, 'output_config.of_tomorrow'],
    [
      { messages: [user([{ type: 'image', source: { type: 'file', file_id: 'f' } }])] },
      'messages[0].content[0].source',
    ],
    [{ messages: [user([{ type: 'search_result' }])] }, 'messages[0].content[0].type'],
    [
      { messages: [{ role: 'assistant', content: [{ type: 'server_tool_use' }] }] },
      'messages[0].content[0].type',
    ],
    [{ messages: [{ role: 'judge', content: '' }] }, 'messages[0].role'],
    [{ messages: 'hi' }, 'messages'],
    [
      {
        messages: [
          user([{ type: 'document', citations: { enabled: true }, source: { type: 'text', data: 'a' } }]),
        ],
      },
      'messages[0].content[0].citations',
    ],
  ] as const)
    t.equal(refusal(() => asChat(given)).param, member, JSON.stringify(given));
  t.end();
});

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

t.test('what is left out is told in a header and in the trace', async (t) => {
  const server = await startStandIn(t, {
    [CHAT]: says(200, { choices: [{ message: { content: 'a' }, finish_reason: 'stop' }] }),
  });
  const { switchyard } = await before(t, server);
  const answer = await switchyard.ask('/v1/messages', { body: { ...ASKED, metadata: { user_id: 'u' } } });
  t.equal(answer.headers['x-switchyard-dropped'], 'metadata');
  t.match(await switchyard.trace(), { notes: [{ remark: 'messages-to-chat left out metadata' }] });
});

t.test('what a provider of messages cannot answer falls back to one of chat, unseen', async (t) => {
  const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
  const claude = await startStandIn(t, { 'POST /v1/messages': says(529, overloaded) });
  const other = await startStandIn(t, {
    [CHAT]: streams([chunk({ content: 'Here' }), chunk({}, 'stop'), '[DONE]']),
  });
  const switchyard = await startSwitchyard(t, {
    retry: { again: 0 },
    providers: {
      claude: { use: 'anthropic', baseUrl: `${claude.url}/v1`, apiKey: 'k', models: { m: 'm' } },
      other: {
        use: 'openai-compatible',
        baseUrl: `${other.url}/v1`,
        surfaces: ['chat'],
        models: { spare: 'spare' },
      },
    },
    models: { m: { targets: [{ provider: 'claude' }], fallbacks: ['spare'] } },
  });
  const client = new Anthropic({ baseURL: switchyard.url, apiKey: 'x', maxRetries: 0 });
  t.match(await client.messages.stream(ASKED).finalMessage(), {
    content: [{ text: 'Here' }],
    stop_reason: 'end_turn',
  });
});

t.test('a long body is translated in another thread, and tells as much', async (t) => {
  const server = await startStandIn(t, {
    [CHAT]: says(200, { choices: [{ message: { content: 'a' }, finish_reason: 'stop' }] }),
  });
  const { switchyard } = await before(t, server);
  const messages = [{ role: 'user', content: 'long '.repeat(100_000) }];
  const answer = await switchyard.ask('/v1/messages', {
    body: { ...ASKED, messages, metadata: { user_id: 'u' } },
  });
  t.match(answer.json(), { type: 'message', content: [{ text: 'a' }] });
  t.equal(answer.headers['x-switchyard-dropped'], 'metadata');
  t.strictSame(server.asked.at(-1)?.body.messages, messages);
  const refused = await switchyard.ask('/v1/messages', { body: { ...ASKED, messages, top_k: 5 } });
  t.match(refused.json(), { type: 'error', error: { code: 'not_translatable', param: 'top_k' } });
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

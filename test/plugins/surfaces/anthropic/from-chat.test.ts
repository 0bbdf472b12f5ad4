/** Callers of chat completions, answered by a provider that only has Anthropic's API. */
import OpenAI from 'openai-7';
import t, { type Test } from 'tap';
import { chatToMessages } from '../../../../plugins/surfaces/anthropic/from-chat/index.ts';
import { openaiSchema } from '../../../openai-schema.ts';
import { recorded, says, startStandIn, type Reply, type StandIn } from '../../../servers/stand-in.ts';
import { startSwitchyard } from '../../../switchyard.ts';
import { listRecordings, readRecording } from '../../../upstream/recordings.ts';
import { eventsOf, type Parsed } from '../openai/recorded.ts';
import { refusal } from '../openai/refusal.ts';

const MESSAGES = 'POST /v1/messages';
const user = (content: unknown) => ({ role: 'user', content });
const HI = { model: 'm', messages: [{ role: 'user' as const, content: 'hi' }] };
const weather = { name: 'weather', parameters: { type: 'object', properties: {} } };

function asMessages(body: object) {
  const dropped: string[] = [];
  const request: Parsed = chatToMessages.request({ model: 'claude-opus-5', messages: [], ...body }, dropped);
  return { ...request, dropped };
}

async function before(t: Test, server: StandIn) {
  const options = {
    use: 'anthropic',
    baseUrl: `${server.url}/v1`,
    apiKey: 'sk-ant-of-the-gateway',
    models: { m: 'claude-own' },
  };
  const switchyard = await startSwitchyard(t, { retry: { again: 0 }, providers: { server: options } });
  return { switchyard, client: new OpenAI({ baseURL: `${switchyard.url}/v1`, apiKey: 'x', maxRetries: 0 }) };
}

const CALL = {
  id: 'call_1',
  type: 'function' as const,
  function: { name: 'weather', arguments: '{"city":"Bern"}' },
};
const THOUGHT = {
  type: 'reasoning.text',
  text: 'Hm.',
  signature: 'sig',
  format: 'anthropic-claude-v1',
  index: 0,
};

t.test('a request is said member by member', (t) => {
  for (const [given, expected] of [
    [
      {
        messages: [
          { role: 'system', content: 'Be kind' },
          { role: 'developer', content: 'and short' },
          user('hi'),
        ],
      },
      {
        system: [
          { type: 'text', text: 'Be kind' },
          { type: 'text', text: 'and short' },
        ],
        messages: [user([{ type: 'text', text: 'hi' }])],
      },
    ],
    [
      {
        messages: [
          user([
            { type: 'text', text: 'What?', cache_control: { type: 'ephemeral' } },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } },
            { type: 'image_url', image_url: { url: 'https://a.example/b.png' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' } },
          ]),
        ],
      },
      {
        messages: [
          user([
            { type: 'text', text: 'What?', cache_control: { type: 'ephemeral' } },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBO' } },
            { type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } },
            {
              type: 'document',
              title: 'a.pdf',
              source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' },
            },
          ]),
        ],
      },
    ],
    [
      {
        messages: [
          user('weather?'),
          {
            role: 'assistant',
            content: '',
            reasoning_details: [THOUGHT],
            tool_calls: [CALL, { ...CALL, id: 'functions.weather:1' }],
          },
          { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
          { role: 'tool', tool_call_id: 'functions.weather:1', content: [{ type: 'text', text: 'rain' }] },
          user('and?'),
        ],
      },
      {
        messages: [
          user([{ type: 'text', text: 'weather?' }]),
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
              { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Bern' } },
              { type: 'tool_use', id: 'functions_weather_1', name: 'weather', input: { city: 'Bern' } },
            ],
          },
          user([
            { type: 'tool_result', tool_use_id: 'call_1', content: [{ type: 'text', text: 'sunny' }] },
            {
              type: 'tool_result',
              tool_use_id: 'functions_weather_1',
              content: [{ type: 'text', text: 'rain' }],
            },
            { type: 'text', text: 'and?' },
          ]),
        ],
      },
    ],
    [{ max_completion_tokens: 7 }, { max_tokens: 7 }],
    [{ max_tokens: 8 }, { max_tokens: 8 }],
    [{}, { max_tokens: 64_000 }],
    [{ model: 'claude-3-haiku-20240307' }, { max_tokens: 4_096 }],
    [{ model: 'claude-3-5-haiku-20241022' }, { max_tokens: 8_192 }],
    [{ model: 'claude-opus-4-20250514' }, { max_tokens: 32_000 }],
    [{ model: 'claude-sonnet-4-5-20250929' }, { max_tokens: 64_000 }],
    [{ stop: 'a' }, { stop_sequences: ['a'] }],
    [
      { stop: ['a', 'b'], temperature: 1, top_p: 0.5 },
      { stop_sequences: ['a', 'b'], temperature: 1, top_p: 0.5 },
    ],
    [
      { user: 'u', seed: 1, store: false },
      { metadata: { user_id: 'u' }, dropped: ['seed', 'store'] },
    ],
    [
      {
        tools: [{ type: 'function', function: { ...weather, strict: true } }],
        tool_choice: 'required',
        parallel_tool_calls: false,
      },
      {
        tools: [{ name: 'weather', input_schema: weather.parameters, strict: true }],
        tool_choice: { type: 'any', disable_parallel_tool_use: true },
      },
    ],
    [
      { tools: [{ type: 'function', function: { name: 'f' } }] },
      { tools: [{ name: 'f', input_schema: { type: 'object' } }] },
    ],
    [{ tool_choice: 'auto' }, { tool_choice: { type: 'auto' } }],
    [{ tool_choice: 'none' }, { tool_choice: { type: 'none' } }],
    [
      { tool_choice: { type: 'function', function: { name: 'f' } } },
      { tool_choice: { type: 'tool', name: 'f' } },
    ],
    [
      {
        response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } },
        reasoning_effort: 'low',
      },
      {
        output_config: { format: { type: 'json_schema', schema: { type: 'object' } }, effort: 'low' },
        thinking: { type: 'adaptive' },
      },
    ],
    [
      { model: 'claude-sonnet-4-5', reasoning_effort: 'high' },
      { thinking: { type: 'enabled', budget_tokens: 16_384 } },
    ],
    [
      { model: 'claude-sonnet-4-5', reasoning_effort: 'high', max_tokens: 4_000 },
      { thinking: { budget_tokens: 2_000 } },
    ],
    [
      { model: 'claude-3-haiku-20240307', reasoning_effort: 'low' },
      { thinking: undefined, dropped: ['reasoning_effort'] },
    ],
    [
      { reasoning_effort: 'low', tool_choice: 'required' },
      { thinking: undefined, dropped: ['reasoning_effort'] },
    ],
    [{ reasoning_effort: 'none' }, { thinking: undefined, dropped: [] }],
    [
      {
        model: 'claude-sonnet-4-5',
        reasoning_effort: 'low',
        messages: [
          user('a'),
          { role: 'assistant', tool_calls: [CALL] },
          { role: 'tool', tool_call_id: 'call_1', content: 'b' },
        ],
      },
      { thinking: undefined, dropped: ['reasoning_effort'] },
    ],
    [{ n: 1, logprobs: false, presence_penalty: 0, modalities: ['text'], logit_bias: {} }, { dropped: [] }],
  ] as const)
    t.match(asMessages(given), expected, JSON.stringify(given).slice(0, 100));
  t.end();
});

t.test('what messages cannot say is refused by its name', (t) => {
  for (const [given, member] of [
    [{ n: 2 }, 'n'],
    [{ logprobs: true }, 'logprobs'],
    [{ temperature: 1.5 }, 'temperature'],
    [{ presence_penalty: 1 }, 'presence_penalty'],
    [{ logit_bias: { 5: 1 } }, 'logit_bias'],
    [{ response_format: { type: 'json_object' } }, 'response_format'],
    [{ audio: { voice: 'a' } }, 'audio'],
    [{ web_search_options: {} }, 'web_search_options'],
    [{ of_tomorrow: 1 }, 'of_tomorrow'],
    [{ tools: [{ type: 'custom', custom: { name: 'f' } }] }, 'tools[0].type'],
    [{ tools: ['f'] }, 'tools[0]'],
    [{ tool_choice: { type: 'allowed_tools' } }, 'tool_choice'],
    [{ reasoning_effort: 'enormous' }, 'reasoning_effort'],
    [{ functions: [{ name: 'f' }] }, 'functions'],
    [{ messages: [user([{ type: 'input_audio' }])] }, 'messages[0].content[0].type'],
    [{ messages: [user([{ type: 'file', file: { file_id: 'f' } }])] }, 'messages[0].content[0].file'],
    [{ messages: [{ role: 'function', name: 'f', content: '' }] }, 'messages[0].role'],
    [
      {
        messages: [
          { role: 'assistant', tool_calls: [{ ...CALL, function: { name: 'f', arguments: '{"a' } }] },
        ],
      },
      'messages[0].tool_calls[0].function.arguments',
    ],
  ] as const)
    t.equal(refusal(() => asMessages(given)).param, member, JSON.stringify(given));
  t.end();
});

/** Whole messages: what they hold that chat can say. */
function meant({ content }: Parsed) {
  const join = (type: string, member: string): string =>
    content.map((block: Parsed) => (block.type === type ? block[member] : '')).join('');
  return {
    text: join('text', 'text'),
    thinking: join('thinking', 'thinking'),
    calls: content
      .filter(({ type }: Parsed) => type === 'tool_use')
      .map(({ name, input }: Parsed) => [name, input]),
  };
}

function said({ content, reasoning_content = '', tool_calls = [] }: Parsed) {
  return {
    text: content ?? '',
    thinking: reasoning_content,
    calls: tool_calls.map(({ function: called }: Parsed) => [called.name, JSON.parse(called.arguments)]),
  };
}

/** The message that the events of a recording make, put together here. */
function folded(body: Buffer): Parsed {
  const content: Parsed[] = [];
  for (const { data } of eventsOf(body)) {
    const { type, index, content_block: block, delta } = JSON.parse(data);
    if (type === 'message_start') content.push(...JSON.parse(data).message.content);
    if (type === 'content_block_start') content[index] = { ...block, json: '' };
    const open = content[index];
    if (delta?.type === 'text_delta') open.text += delta.text;
    if (delta?.type === 'thinking_delta') open.thinking += delta.thinking;
    if (delta?.type === 'input_json_delta') open.json += delta.partial_json;
    if (type === 'content_block_stop' && open.type === 'tool_use')
      open.input = open.json === '' ? open.input : JSON.parse(open.json);
  }
  return { content };
}

const isMessage = (file: string): boolean => !file.includes('spliced');
const streamsOf = () =>
  listRecordings('anthropic').filter((file) => file.endsWith('.chunks.txt') && isMessage(file));
const wholeOf = () => listRecordings('anthropic').filter((file) => file.endsWith('.json'));

t.test('recorded messages are read by the SDK of chat, streamed and whole', async (t) => {
  const server = await startStandIn(t, {});
  const { client, switchyard } = await before(t, server);
  const fitsChunk = openaiSchema('CreateChatCompletionStreamResponse');
  const fits = openaiSchema('CreateChatCompletionResponse');
  for (const file of streamsOf()) {
    server.replies[MESSAGES] = recorded(file);
    const stream_options = { include_usage: true };
    const answer = await switchyard.chat({ ...HI, stream: true, stream_options });
    t.equal(answer.events.at(-1), '[DONE]', file);
    for (const chunk of answer.events.slice(0, -1))
      t.strictSame(fitsChunk(JSON.parse(chunk)), [], `${file} ${chunk}`);
    const completion: Parsed = await client.chat.completions
      .stream({ ...HI, stream_options })
      .finalChatCompletion();
    const expected = meant(folded(readRecording(file).body));
    t.match(said(completion.choices[0].message), { text: expected.text, calls: expected.calls }, file);
    const thought = answer.events
      .slice(0, -1)
      .map((data) => JSON.parse(data).choices[0]?.delta.reasoning_content ?? '');
    t.equal(thought.join(''), expected.thinking, file);
    t.match(completion.usage, { prompt_tokens: Number, completion_tokens: Number, total_tokens: Number });
    t.match(await switchyard.trace(), {
      translated: 'chat-to-messages',
      ending: 'complete',
      usage: { prompt: Number },
    });
  }
  for (const file of wholeOf()) {
    server.replies[MESSAGES] = recorded(file);
    const completion: Parsed = await client.chat.completions.create(HI);
    const given = JSON.parse(readRecording(file).body.toString());
    t.strictSame(said(completion.choices[0].message), meant(given), file);
    t.strictSame(fits(completion), [], file);
    const {
      input_tokens,
      cache_read_input_tokens = 0,
      cache_creation_input_tokens = 0,
      output_tokens,
    } = given.usage;
    const prompt_tokens = input_tokens + cache_read_input_tokens + cache_creation_input_tokens;
    t.match(completion.usage, { prompt_tokens, completion_tokens: output_tokens }, file);
  }
});

t.test('the provider gets its key, its version and no word of the caller’s key', async (t) => {
  const server = await startStandIn(t, { [MESSAGES]: recorded('anthropic/anthropic-text.json') });
  const { client, switchyard } = await before(t, server);
  const answer = await client.chat.completions.create(HI).withResponse();
  t.equal(answer.response.headers.get('x-switchyard-translated'), 'chat-to-messages');
  const { headers, body } = server.asked.at(-1)!;
  t.match(headers, { 'x-api-key': 'sk-ant-of-the-gateway', 'anthropic-version': '2023-06-01' });
  t.equal(headers.authorization, undefined);
  t.match(body, {
    model: 'claude-own',
    max_tokens: 32_000,
    messages: [user([{ type: 'text', text: 'hi' }])],
  });
  const own = { 'anthropic-version': '2024-01-01', 'anthropic-beta': 'a-2025,b-2026' };
  await switchyard.ask('/v1/messages', { headers: own, body: { ...HI, max_tokens: 5 } });
  t.match(server.asked.at(-1)?.headers, own, 'a caller of its own API says which version it speaks');
});

t.test('thought goes out with its signature and comes back', async (t) => {
  const server = await startStandIn(t, {});
  const { client } = await before(t, server);
  for (const kind of ['json', 'chunks.txt']) {
    server.replies[MESSAGES] = recorded(`anthropic/anthropic-clear-thinking.1.${kind}`);
    const completion: Parsed = await (kind === 'json'
      ? client.chat.completions.create(HI)
      : client.chat.completions.stream(HI).finalChatCompletion());
    const { message } = completion.choices[0];
    const [detail] = [message.reasoning_details].flat();
    t.match(detail, { type: 'reasoning.text', signature: /./, text: /./ }, kind);
    await client.chat.completions.create({ ...HI, messages: [...HI.messages, message, ...HI.messages] });
    t.match(server.asked.at(-1)?.body.messages[1], {
      role: 'assistant',
      content: [{ type: 'thinking', thinking: detail.text, signature: detail.signature }, { type: 'text' }],
    });
  }
});

t.test('tokens of a stream are told to a caller that asks for them alone', async (t) => {
  const server = await startStandIn(t, {
    [MESSAGES]: recorded('anthropic/anthropic-message-delta-input-tokens.chunks.txt'),
  });
  const { switchyard } = await before(t, server);
  const silent = await switchyard.chat({ ...HI, stream: true });
  t.ok(silent.events.slice(0, -1).every((data) => !('usage' in JSON.parse(data))));
  const counted = await switchyard.chat({ ...HI, stream: true, stream_options: { include_usage: true } });
  t.match(JSON.parse(counted.events.at(-2) as string), {
    choices: [],
    usage: { prompt_tokens: 61, completion_tokens: 2 },
  });
});

/** So much of a recorded stream, and then the body ends well or breaks. */
const begins =
  (file: string, count: number, then: 'end' | 'break'): Reply =>
  ({ response }) => {
    const events = readRecording(file)
      .body.toString()
      .split(/(?<=\n\n)/);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const text = events.slice(0, count).join('');
    if (then === 'end') response.end(text);
    else response.write(text, () => response.socket?.destroySoon());
  };

t.test(
  'a stream that is cut anywhere after content is told as cut, and before it is another’s chance',
  async (t) => {
    const server = await startStandIn(t, {});
    const { switchyard } = await before(t, server);
    const file = 'anthropic/anthropic-text.chunks.txt';
    const events = readRecording(file)
      .body.toString()
      .split(/(?<=\n\n)/);
    const [first, reason] = ['text_delta', 'message_delta'].map((word) =>
      events.findIndex((event) => event.includes(word)),
    );
    for (const then of ['end', 'break'] as const)
      for (const count of [first! + 1, reason! - 1, reason!]) {
        server.replies[MESSAGES] = begins(file, count, then);
        const answer = await switchyard.chat({ ...HI, stream: true });
        t.match(
          JSON.parse(answer.events.at(-1) as string),
          { error: { code: 'stream_cut' } },
          `${count} ${then}`,
        );
        t.notMatch(answer.text, /"finish_reason":"/);
      }
    server.replies[MESSAGES] = begins(file, reason! + 1, 'end');
    t.equal(
      (await switchyard.chat({ ...HI, stream: true })).events.at(-1),
      '[DONE]',
      'only the closing event is missing',
    );
    server.replies[MESSAGES] = begins(file, first!, 'end');
    t.match(await switchyard.chat({ ...HI, stream: true }), { status: 502 });
    server.replies[MESSAGES] = recorded('anthropic/spliced-message-start.chunks.txt');
    const spliced = await switchyard.chat({ ...HI, stream: true });
    t.match(JSON.parse(spliced.events.at(-1) as string), { error: { message: /a second message began/ } });
  },
);

t.test('its refusals are errors in the shape of chat', async (t) => {
  const server = await startStandIn(t, {});
  const { client } = await before(t, server);
  for (const [status, type] of [
    [400, 'invalid_request_error'],
    [529, 'overloaded_error'],
  ] as const) {
    server.replies[MESSAGES] = says(status, {
      type: 'error',
      error: { type, message: 'Overloaded' },
      request_id: 'req_a',
    });
    const error = await client.chat.completions.create(HI).catch((thrown: unknown) => thrown);
    t.match(error, { status, message: /Overloaded/ });
  }
});

t.test('a provider without a key is sent the caller’s own, as the caller sends it', async (t) => {
  const server = await startStandIn(t, { [MESSAGES]: recorded('anthropic/anthropic-text.json') });
  const providers = { server: { use: 'anthropic', baseUrl: `${server.url}/v1`, models: { m: 'm' } } };
  const switchyard = await startSwitchyard(t, { providers });
  const body = { ...HI, max_tokens: 5 };
  for (const own of [{ 'x-api-key': 'sk-ant-callers' }, { authorization: 'Bearer sk-ant-oat-callers' }]) {
    await switchyard.ask('/v1/messages', { headers: own, body });
    t.match(server.asked.at(-1)?.headers, own);
  }
});

import { BadRequestError } from 'openai-7';
import t from 'tap';
import { CHAT, chunk, says, startStandIn, streams } from '../../../../../servers/stand-in.ts';
import type { Parsed } from '../../recorded.ts';
import { before } from './provider-of-chat.ts';

const ASKED = { model: 'm', input: 'hi' };
const USAGE = {
  prompt_tokens: 20,
  completion_tokens: 7,
  total_tokens: 27,
  prompt_tokens_details: { cached_tokens: 5 },
  completion_tokens_details: { reasoning_tokens: 3 },
};
const whole = (message: object, finish_reason = 'stop', more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'own',
  choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason }],
  usage: USAGE,
  ...more,
});
const counted = { ...chunk({}), choices: [], usage: USAGE };

t.test('a tool is called and its result goes back, streamed and not', async (t) => {
  const server = await startStandIn(t, {});
  const { client, switchyard } = await before(t, server);
  const tools = [
    {
      type: 'function' as const,
      name: 'weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } } },
      strict: false,
    },
    { type: 'custom' as const, name: 'sql', description: 'Runs it.' },
  ];
  const calls = [
    { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bern"}' } },
    { id: 'call_2', type: 'function', function: { name: 'sql', arguments: '{"input":"SELECT \\"a\\""}' } },
  ];
  const args = (index: number, text: string) =>
    chunk({ tool_calls: [{ index, function: { arguments: text } }] });
  const begun = (index: number) =>
    chunk({
      tool_calls: [
        { ...calls[index], index, function: { name: calls[index]!.function.name, arguments: '' } },
      ],
    });
  for (const streamed of [true, false]) {
    server.replies[CHAT] = streamed
      ? streams([
          chunk({ role: 'assistant', content: '' }),
          chunk({ reasoning_content: 'Two ' }),
          chunk({ reasoning_content: 'tools.' }),
          begun(0),
          args(0, '{"city":'),
          args(0, '"Bern"}'),
          begun(1),
          args(1, '{"input":"SEL'),
          args(1, 'ECT \\"a\\""}'),
          chunk({}, 'tool_calls'),
          counted,
          '[DONE]',
        ])
      : says(200, whole({ reasoning_content: 'Two tools.', tool_calls: calls }, 'tool_calls'));
    const ask = (input: Parsed) =>
      streamed
        ? client.responses.stream({ model: 'm', input, tools }).finalResponse()
        : client.responses.create({ model: 'm', input, tools });
    const first = await ask([{ role: 'user', content: 'Weather?' }]);
    t.match(first, {
      status: 'completed',
      model: streamed ? 'm' : 'own',
      tools: [{ name: 'weather' }, { type: 'custom', name: 'sql' }],
      output: [
        { type: 'reasoning', content: [{ type: 'reasoning_text', text: 'Two tools.' }] },
        { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Bern"}' },
        { type: 'custom_tool_call', call_id: 'call_2', name: 'sql', input: 'SELECT "a"' },
      ],
      usage: {
        input_tokens: 20,
        input_tokens_details: { cached_tokens: 5 },
        output_tokens: 7,
        output_tokens_details: { reasoning_tokens: 3 },
        total_tokens: 27,
      },
    });
    t.match(await switchyard.trace(), {
      translated: 'responses-to-chat',
      ending: 'complete',
      usage: { prompt: 20, completion: 7 },
    });
    server.replies[CHAT] = streamed
      ? streams([chunk({ content: 'Sun' }), chunk({ content: 'ny.' }), chunk({}, 'stop'), '[DONE]'])
      : says(200, whole({ content: 'Sunny.' }));
    const last = await ask([
      { role: 'user', content: 'Weather?' },
      ...(first as Parsed).output,
      { type: 'function_call_output', call_id: 'call_1', output: '21' },
      { type: 'custom_tool_call_output', call_id: 'call_2', output: 'a' },
    ]);
    t.equal(last.output_text, 'Sunny.');
    t.match(server.asked.at(-1)?.body.messages, [
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', content: null, reasoning_content: 'Two tools.', tool_calls: calls },
      { role: 'tool', tool_call_id: 'call_1', content: '21' },
      { role: 'tool', tool_call_id: 'call_2', content: 'a' },
    ]);
  }
});

t.test('a schema goes up and comes back parsed', async (t) => {
  const server = await startStandIn(t, { [CHAT]: says(200, whole({ content: '{"city":"Bern"}' })) });
  const { client } = await before(t, server);
  const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
  const format = { type: 'json_schema' as const, name: 'place', schema, strict: true };
  const parsed = await client.responses.parse({ ...ASKED, text: { format } });
  t.match(JSON.parse(parsed.output_text), { city: 'Bern' });
  t.match(server.asked.at(-1)?.body.response_format, {
    type: 'json_schema',
    json_schema: { name: 'place', strict: true, schema },
  });
});

t.test('an answer that ran out of tokens, was filtered or refused says so, with its tokens', async (t) => {
  const server = await startStandIn(t, {});
  const { client } = await before(t, server);
  for (const [finish, reason] of [
    ['length', 'max_output_tokens'],
    ['content_filter', 'content_filter'],
  ] as const) {
    const expected = {
      status: 'incomplete',
      incomplete_details: { reason },
      usage: { total_tokens: 27 },
      output: [{ type: 'message', status: 'incomplete', content: [{ text: 'Half' }] }],
    };
    server.replies[CHAT] = says(200, whole({ content: 'Half' }, finish));
    t.match(await client.responses.create(ASKED), expected);
    server.replies[CHAT] = streams([chunk({ content: 'Half' }), chunk({}, finish), counted, '[DONE]']);
    t.match(await client.responses.stream(ASKED).finalResponse(), expected);
  }
  server.replies[CHAT] = says(200, whole({ refusal: 'No.' }));
  t.match(await client.responses.create(ASKED), {
    status: 'completed',
    output: [{ type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] }],
  });
});

t.test('who asks for a summary of the reasoning is shown it there', async (t) => {
  const server = await startStandIn(t, {});
  const { client } = await before(t, server);
  const thinks = [chunk({ reasoning_content: 'Hm' }), chunk({ content: 'Yes' }), chunk({}, 'stop'), '[DONE]'];
  server.replies[CHAT] = streams(thinks);
  const asked = { ...ASKED, reasoning: { effort: 'low' as const, summary: 'auto' as const } };
  const { output, reasoning } = await client.responses.stream(asked).finalResponse();
  t.match(output, [
    { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }] },
    { type: 'message' },
  ]);
  t.match(reasoning, { effort: 'low', summary: 'auto' });
});

t.test('logprobs and citations come with the text', async (t) => {
  const server = await startStandIn(t, {});
  const { client } = await before(t, server);
  const token = { token: 'Yes', logprob: -0.1, bytes: [89, 101, 115], top_logprobs: [] };
  const cited = {
    type: 'url_citation',
    url_citation: { start_index: 0, end_index: 3, url: 'https://a.example' },
  };
  const answer = whole({ content: 'Yes', annotations: [cited] });
  const choices = [{ ...answer.choices[0], logprobs: { content: [token], refusal: null } }];
  server.replies[CHAT] = says(200, { ...answer, choices });
  const { output } = await client.responses.create({ ...ASKED, include: ['message.output_text.logprobs'] });
  t.match(output, [
    {
      content: [
        {
          text: 'Yes',
          logprobs: [token],
          annotations: [{ type: 'url_citation', start_index: 0, end_index: 3, url: 'https://a.example' }],
        },
      ],
    },
  ]);
});

t.test('a whole answer becomes the requested stream, and a stream the requested answer', async (t) => {
  const server = await startStandIn(t, {});
  const { client } = await before(t, server);
  server.replies[CHAT] = says(200, whole({ content: 'Yes' }));
  t.match(await client.responses.stream(ASKED).finalResponse(), {
    output_text: 'Yes',
    usage: { total_tokens: 27 },
  });
  server.replies[CHAT] = streams([
    chunk({ content: 'Y' }),
    chunk({ content: 'es' }),
    chunk({}, 'stop'),
    '[DONE]',
  ]);
  t.match(await client.responses.create(ASKED), { output_text: 'Yes', status: 'completed' });
});

t.test('a refusal, and what cannot be translated, are errors in the words of the API', async (t) => {
  const server = await startStandIn(t, {});
  const { client } = await before(t, server);
  server.replies[CHAT] = says(429, { error: { message: 'slow down', type: 'requests', code: 'rate_limit' } });
  await t.rejects(client.responses.create(ASKED), { status: 429, message: /slow down/ });
  const tools = [{ type: 'file_search' as const, vector_store_ids: ['vs_1'] }];
  const error = await client.responses.create({ ...ASKED, tools }).catch((thrown: unknown) => thrown);
  t.ok(error instanceof BadRequestError);
  t.match(error, { code: 'not_translatable', param: 'tools[0].type' });
});

t.test('there is no [DONE], and what was left out is told', async (t) => {
  const server = await startStandIn(t, {});
  const { switchyard } = await before(t, server);
  server.replies[CHAT] = streams([chunk({ content: 'Yes' }), chunk({}, 'stop')]);
  const { text, headers } = await switchyard.ask('/v1/responses', {
    body: { ...ASKED, stream: true, client_metadata: { a: 'b' } },
  });
  t.notMatch(text, /\[DONE\]/);
  t.match(text, /event: response\.completed\ndata: .*\n\n$/);
  t.match(headers, {
    'x-switchyard-translated': 'responses-to-chat',
    'x-switchyard-dropped': /client_metadata/,
  });
});

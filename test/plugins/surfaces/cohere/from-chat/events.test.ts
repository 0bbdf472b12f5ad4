/** A chat, answered by Cohere's own API. */
import { APIError } from 'openai-7';
import t from 'tap';
import { says, startStandIn } from '../../../../servers/stand-in.ts';
import {
  before,
  block,
  call,
  CHAT,
  citation,
  end,
  HI,
  plan,
  sends,
  START,
  whole,
} from '../provider-of-cohere.ts';

const CITED = {
  start: 0,
  end: 2,
  text: '24',
  sources: [{ type: 'tool', id: 'look:0' }],
  type: 'TEXT_CONTENT',
};

t.test('a whole answer is one of chat', async (t) => {
  const server = await startStandIn(t, {});
  const { client, switchyard } = await before(t, server);
  server.replies[CHAT] = says(
    200,
    whole({
      content: [
        { type: 'thinking', thinking: 'Hm.' },
        { type: 'text', text: 'Hello' },
      ],
      citations: [CITED],
    }),
  );
  t.match(await client.chat.completions.create({ ...HI, max_tokens: 5 }), {
    id: 'c14c80c3-18eb-4519-9460-6c92edd8cfb4',
    object: 'chat.completion',
    choices: [
      {
        message: { role: 'assistant', content: 'Hello', reasoning_content: 'Hm.', citations: [CITED] },
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 71, completion_tokens: 4, total_tokens: 75 },
  });
  t.match(server.asked.at(-1), {
    body: { model: 'command-own', messages: HI.messages, max_tokens: 5 },
    headers: { authorization: 'Bearer key-of-cohere' },
  });
  t.match(await switchyard.trace(), {
    translated: 'chat-to-cohere-chat',
    usage: { prompt: 71, completion: 4 },
  });
  const calls = [{ id: 'look_p1t9', type: 'function', function: { name: 'look', arguments: '{"at":1}' } }];
  server.replies[CHAT] = says(200, whole({ tool_plan: 'I look.', tool_calls: calls }, 'TOOL_CALL'));
  t.match(await client.chat.completions.create(HI), {
    choices: [
      {
        message: { content: null, reasoning_content: 'I look.', tool_calls: calls },
        finish_reason: 'tool_calls',
      },
    ],
  });
  server.replies[CHAT] = says(200, whole({ content: [{ type: 'text', text: 'Hel' }] }, 'MAX_TOKENS'));
  t.match(await client.chat.completions.create(HI), { choices: [{ finish_reason: 'length' }] });
});

t.test('a stream is one of chat, with calls by their numbers and ids', async (t) => {
  const server = await startStandIn(t, {
    [CHAT]: sends(
      START,
      ...plan('I will', ' look.'),
      ...call(0, 'look_p1', 'look', '{\n    "', 'at', '": 1', '}'),
      ...call(1, 'look_ay', 'look'),
      end('TOOL_CALL'),
    ),
  });
  const { client, switchyard } = await before(t, server);
  const asked = { ...HI, stream_options: { include_usage: true } };
  const { choices, usage, id } = await client.chat.completions.stream(asked).finalChatCompletion();
  t.equal(id, START.id);
  t.match(choices, [
    {
      message: {
        tool_calls: [
          { id: 'look_p1', function: { name: 'look', arguments: '{\n    "at": 1}' } },
          { id: 'look_ay', function: { name: 'look', arguments: '{}' } },
        ],
      },
      finish_reason: 'tool_calls',
    },
  ]);
  t.match(usage, { prompt_tokens: 71, completion_tokens: 4 });
  server.replies[CHAT] = sends(
    START,
    ...block('thinking', 'Hm.'),
    ...block('text', '2', '4'),
    ...citation(CITED),
    end(),
  );
  const got: object[] = [];
  for await (const one of await client.chat.completions.create({ ...HI, stream: true }))
    got.push(one.choices[0]!);
  t.match(got, [
    { delta: { role: 'assistant' } },
    { delta: { reasoning_content: 'Hm.' } },
    { delta: { content: '2' } },
    { delta: { content: '4' } },
    { delta: { citations: [CITED] } },
    { delta: {}, finish_reason: 'stop' },
  ]);
  t.match(await switchyard.trace(), { usage: { prompt: 71, completion: 4 } });
});

t.test('what fails or is cut is an error, never an end', async (t) => {
  const server = await startStandIn(t, {});
  const { client } = await before(t, server);
  const half = [START, ...block('text', 'Half')];
  for (const [reply, message] of [
    [sends(...half), /in the middle/],
    [sends(...half, end('ERROR', { error: 'out of memory' })), /out of memory/],
    [sends(...half, end('TIMEOUT')), /TIMEOUT/],
    [sends(START, end('COMPLETE', { usage: {} })), /without any content/],
  ] as const) {
    server.replies[CHAT] = reply;
    const error = await client.chat.completions
      .stream(HI)
      .finalChatCompletion()
      .catch((thrown: unknown) => thrown);
    t.ok(error instanceof APIError, String(message));
    t.match(error, { message });
  }
  server.replies[CHAT] = says(200, { ...whole({ content: [] }, 'ERROR') });
  await t.rejects(client.chat.completions.create(HI), { status: 502, message: /ERROR/ });
  server.replies[CHAT] = says(429, { id: 'x', message: 'trial keys are limited' });
  await t.rejects(client.chat.completions.create(HI), { status: 429, message: /trial keys are limited/ });
  server.replies[CHAT] = sends(START, end('MAX_TOKENS'));
  t.match(await client.chat.completions.stream(HI).finalChatCompletion(), {
    choices: [{ finish_reason: 'length' }],
  });
});

t.test('log probabilities are those of chat', async (t) => {
  const logprobs = [{ text: 'Hel', token_ids: [1, 2], logprobs: [-0.5, -0.25] }];
  const server = await startStandIn(t, {
    [CHAT]: says(200, { ...whole({ content: [{ type: 'text', text: 'Hel' }] }), logprobs }),
  });
  const { client } = await before(t, server);
  t.match(await client.chat.completions.create({ ...HI, logprobs: true }), {
    choices: [
      { logprobs: { content: [{ token: 'Hel', logprob: -0.75, bytes: [72, 101, 108], top_logprobs: [] }] } },
    ],
  });
});

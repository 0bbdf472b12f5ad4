import t, { type Test } from 'tap';
import { startSwitchyard, type Parsed } from '../../../../switchyard.ts';
import { openLab } from '../../../../lab.ts';
import { openaiSchema } from '../../../../openai-schema.ts';
import { startUpstream } from '../../../../upstream/upstream.ts';

const SAID = 'Hello there, Grüße an 世界 👋.';
const fits = (t: Test, schema: string, value: unknown): void =>
  void t.strictSame(openaiSchema(schema)(value), [], schema);

t.test('a completion is answered by a provider that only has chat', async (t) => {
  const { switchyard, upstream } = await openLab(t, {
    provider: { surfaces: ['chat'], models: { public: 'own' } },
  });
  const answer = await switchyard.ask('/v1/completions', {
    body: {
      model: 'public',
      prompt: ['Once upon a time'],
      max_tokens: 5,
      temperature: 0.7,
      user: 'u',
      echo: false,
    },
  });
  t.equal(answer.status, 200);
  fits(t, 'CreateCompletionResponse', answer.json());
  t.match(answer.json(), {
    object: 'text_completion',
    choices: [{ index: 0, text: SAID, finish_reason: 'stop', logprobs: null }],
    usage: { total_tokens: 19 },
  });
  t.equal(answer.headers['x-switchyard-translated'], 'completions-to-chat');
  t.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
  t.equal(answer.headers['content-length'], String(Buffer.byteLength(answer.text)));

  const [request] = upstream.posts;
  t.equal(request?.path, '/v1/chat/completions');
  t.strictSame(request?.json(), {
    model: 'own',
    messages: [{ role: 'user', content: 'Once upon a time' }],
    max_tokens: 5,
    temperature: 0.7,
    user: 'u',
  });
  const trace = await switchyard.trace(answer.headers['x-switchyard-request-id']);
  t.match(trace, { surface: 'completions', translated: 'completions-to-chat', ending: 'complete' });
});

t.test('so is a stream of one, a chunk at a time', async (t) => {
  const { switchyard, upstream } = await openLab(t, { provider: { surfaces: ['chat'] } });
  const answer = await switchyard.ask('/v1/completions', {
    body: { model: 'm', prompt: 'x', stream: true, stream_options: { include_usage: true } },
  });
  t.equal(answer.status, 200);
  t.equal(answer.headers['x-switchyard-translated'], 'completions-to-chat');
  t.match(answer.headers['content-type'], /^text\/event-stream/);
  t.equal(answer.events.at(-1), '[DONE]');
  const chunks = answer.events.slice(0, -1).map((data) => JSON.parse(data));
  for (const chunk of chunks) fits(t, 'CreateCompletionResponse', asWhole(chunk));
  t.equal(chunks.map(({ choices: [choice] }) => choice?.text ?? '').join(''), SAID);
  t.ok(chunks.length > 8, 'not all at once');
  t.strictSame(chunks.at(-1).usage, { prompt_tokens: 11, completion_tokens: 8, total_tokens: 19 });
  t.match(upstream.posts[0]?.json(), { stream: true, stream_options: { include_usage: true } });
});

/** OpenAI's description of completions knows no chunk that goes on, and none whose usage is still to come. */
function asWhole({ usage, choices, ...chunk }: Parsed): unknown {
  const ended = choices.map((choice: Parsed) => ({
    ...choice,
    finish_reason: choice.finish_reason ?? 'stop',
  }));
  return { ...chunk, choices: ended, ...(usage ? { usage } : {}) };
}

t.test('a conversation is answered by a provider that only has completions', async (t) => {
  const { switchyard, upstream } = await openLab(t, {
    provider: { surfaces: ['completions'], models: { public: 'own' } },
  });
  const messages = [
    { role: 'system', content: 'Be kind.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Hi' },
        { type: 'text', text: ' there' },
      ],
    },
    { role: 'assistant', content: 'Yes?' },
    { role: 'user', content: 'Go on' },
  ];
  const body = {
    model: 'public',
    messages,
    max_completion_tokens: 9,
    tools: [],
    response_format: { type: 'text' },
  };
  const answer = await switchyard.ask('/v1/chat/completions', { body });
  t.equal(answer.status, 200);
  fits(t, 'CreateChatCompletionResponse', answer.json());
  t.match(answer.json().choices, [{ message: { role: 'assistant', content: SAID }, finish_reason: 'stop' }]);
  t.equal(answer.headers['x-switchyard-translated'], 'chat-to-completions');
  t.match(upstream.posts[0], { path: '/v1/completions' });
  t.strictSame(upstream.posts[0]?.json(), {
    model: 'own',
    prompt: 'System: Be kind.\nUser: Hi there\nAssistant: Yes?\nUser: Go on\nAssistant:',
    max_tokens: 9,
  });

  const streamed = await switchyard.ask('/v1/chat/completions', { body: { ...body, stream: true } });
  t.equal(streamed.content, SAID);
  t.equal(streamed.events.at(-1), '[DONE]');
  for (const data of streamed.events.slice(0, -1))
    fits(t, 'CreateChatCompletionStreamResponse', JSON.parse(data));
});

t.test("a cut stream ends with an error of the client's API, and never looks complete", async (t) => {
  for (const [surface, path, body] of [
    ['chat', '/v1/completions', { prompt: 'x' }],
    ['completions', '/v1/chat/completions', { messages: [{ role: 'user', content: 'x' }] }],
  ] as const) {
    const { switchyard, upstream } = await openLab(t, { provider: { surfaces: [surface] } });
    for (const behaviour of [
      'cut-after-content',
      'rst-after-content',
      'error-frame-after-content',
    ] as const) {
      upstream.behave(behaviour);
      const answer = await switchyard.ask(path, { body: { model: 'm', stream: true, ...body } });
      t.equal(answer.status, 200, `${path} ${behaviour}`);
      t.match(JSON.parse(answer.events.at(-1) ?? '{}'), {
        error: { message: /^lab /, code: /stream_cut|upstream_error/ },
      });
      t.notMatch(answer.text, /\[DONE\]|"finish_reason":"/, 'nothing looks finished');
      t.match(answer.text, /Hello/, 'what came is there');
      const whole = await switchyard.ask(path, { body: { model: 'm', ...body } });
      t.equal(whole.status, 502, `${path} ${behaviour}, not streamed`);
    }
    upstream.behave('cut-before-content');
    t.equal(
      (await switchyard.ask(path, { body: { model: 'm', stream: true, ...body } })).status,
      502,
      'nothing was said yet',
    );
    upstream.behave('status-400');
    const refused = await switchyard.ask(path, { body: { model: 'm', ...body } });
    t.match(refused, { status: 400, text: /Bad Request/ }, "the upstream's no comes as it is");
  }
});

t.test('a member without equivalent is a 400 that names it, and nothing is sent', async (t) => {
  const chatOnly = await openLab(t, { provider: { surfaces: ['chat'] } });
  const completions: Record<string, unknown>[] = [
    { prompt: 'x', suffix: 'y' },
    { prompt: 'x', echo: true },
    { prompt: 'x', logprobs: 2 },
    { prompt: 'x', best_of: 3 },
    { prompt: ['a', 'b'] },
    { prompt: [1, 2, 3] },
    {},
  ];
  for (const body of completions) {
    const { status, json } = await chatOnly.switchyard.ask('/v1/completions', {
      body: { model: 'm', ...body },
    });
    const param = Object.keys(body).at(-1) ?? 'prompt';
    t.equal(status, 400, JSON.stringify(body));
    t.match(json().error, {
      code: 'not_translatable',
      param,
      message: `'${param}'`,
      type: 'invalid_request_error',
    });
  }
  t.equal(chatOnly.upstream.posts.length, 0);

  const completionsOnly = await openLab(t, { provider: { surfaces: ['completions'] } });
  const messages = [{ role: 'user', content: 'x' }];
  const chats: [string, Record<string, unknown>][] = [
    ['tools', { messages, tools: [{ type: 'function', function: { name: 'f' } }] }],
    ['response_format', { messages, response_format: { type: 'json_object' } }],
    [
      'messages[0].content[0]',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }] },
    ],
    ['messages[0].role', { messages: [{ role: 'tool', content: 'x' }] }],
    ['messages[0].tool_calls', { messages: [{ role: 'assistant', tool_calls: [{ id: 'a' }] }] }],
    ['messages', {}],
  ];
  for (const [param, body] of chats) {
    const { status, json } = await completionsOnly.switchyard.ask('/v1/chat/completions', {
      body: { model: 'm', ...body },
    });
    t.equal(status, 400, param);
    t.match(json().error, { code: 'not_translatable', param });
  }
  t.equal(completionsOnly.upstream.posts.length, 0);
});

t.test('a provider with the API itself precedes one that needs a translation', async (t) => {
  const [translating, native] = await Promise.all([
    startUpstream({ interval: 0 }),
    startUpstream({ interval: 0 }),
  ]);
  t.teardown(() => Promise.all([translating.close(), native.close()]));
  const switchyard = await startSwitchyard(t, {
    providers: {
      translating: { use: 'openai-compatible', baseUrl: translating.url, surfaces: ['chat'] },
      native: { use: 'openai-compatible', baseUrl: native.url, surfaces: ['completions'] },
    },
  });
  for (const turn of [1, 2, 3, 4]) {
    const { status, headers } = await switchyard.ask('/v1/completions', {
      body: { model: 'm', prompt: 'x' },
    });
    t.strictSame([status, headers['x-switchyard-provider']], [200, 'native'], `turn ${turn}`);
    t.notOk('x-switchyard-translated' in headers);
  }
  t.equal(translating.posts.length, 0);
  const pinned = await switchyard.ask('/v1/completions?provider=translating', {
    body: { model: 'm', prompt: 'x' },
  });
  t.equal(pinned.headers['x-switchyard-translated'], 'completions-to-chat', 'unless it is asked for');
  const neither = await switchyard.ask('/v1/embeddings', { body: { model: 'm', input: 'x' } });
  t.equal(neither.status, 404);
  t.equal(neither.json().error.code, 'surface_not_found');
});

t.test('a translated request that fails is tried at the next target, translated too', async (t) => {
  const [failing, good] = await Promise.all([startUpstream({ interval: 0 }), startUpstream({ interval: 0 })]);
  t.teardown(() => Promise.all([failing.close(), good.close()]));
  failing.behave('cut-before-content');
  const lab = (baseUrl: string) => ({ use: 'openai-compatible', baseUrl, surfaces: ['chat'] });
  const switchyard = await startSwitchyard(t, {
    providers: { failing: lab(failing.url), good: lab(good.url) },
  });
  for (const stream of [true, false, true, false]) {
    const answer = await switchyard.ask('/v1/completions', { body: { model: 'm', prompt: 'x', stream } });
    t.equal(answer.status, 200);
    t.equal(answer.headers['x-switchyard-provider'], 'good');
    t.equal(answer.headers['x-switchyard-translated'], 'completions-to-chat');
  }
  t.ok(failing.posts.length > 0, 'the other one was asked too');
});

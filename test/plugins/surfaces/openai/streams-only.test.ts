import t, { type Test } from 'tap';
import { startSwitchyard } from '../../../switchyard.ts';
import { openLab } from '../../../lab.ts';
import { openaiSchema } from '../../../openai-schema.ts';
import { quirky } from '../../../quirky-provider.ts';
import { startUpstream } from '../../../upstream/upstream.ts';

const SAID = 'Hello there, Grüße an 世界 👋.';
const USAGE = { prompt_tokens: 11, completion_tokens: 8, total_tokens: 19 };
const fits = (t: Test, schema: string, value: unknown): void =>
  void t.strictSame(openaiSchema(schema)(value), [], schema);
const streamsOnly = { use: quirky, quirks: { streams: 'only' } };
const streamsNever = { use: quirky, quirks: { streams: 'never' } };

t.test('a client that wants no stream gets JSON from a provider that only streams', async (t) => {
  const { switchyard, upstream } = await openLab(t, { provider: streamsOnly });
  for (const asked of [{}, { stream: false }, { stream: null }]) {
    upstream.forget();
    const answer = await switchyard.chat({ ...asked, seed: 1 });
    t.equal(answer.status, 200);
    t.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
    fits(t, 'CreateChatCompletionResponse', answer.json());
    t.match(answer.json(), {
      object: 'chat.completion',
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content: SAID }, finish_reason: 'stop' }],
      usage: USAGE,
    });
    t.match(upstream.posts[0]?.json(), {
      stream: true,
      stream_options: { include_usage: true },
      seed: 1,
      model: 'm',
    });
    t.match(await switchyard.trace(answer.headers['x-switchyard-request-id']), {
      stream: false,
      ending: 'complete',
    });
  }
});

t.test('a request that asks for something about a stream it does not want still works', async (t) => {
  const { switchyard, upstream } = await openLab(t, { provider: streamsOnly });
  const answer = await switchyard.ask('/v1/chat/completions', {
    body: '{"stream":false,"stream_options":null,"model":"m","big":12345678901234567890,"messages":[]}',
  });
  t.equal(answer.status, 200);
  t.equal(
    upstream.posts[0]?.body.toString(),
    '{"stream":true,"stream_options":{"include_usage":true},"model":"m","big":12345678901234567890,"messages":[]}',
    'and its other bytes are not touched',
  );
});

t.test('a client that wants a stream gets it unchanged, without parts it did not request', async (t) => {
  const { switchyard, upstream } = await openLab(t, { provider: streamsOnly });
  const answer = await switchyard.chat({ stream: true });
  t.equal(answer.content, SAID);
  t.notMatch(answer.text, /"usage"/);
  t.strictSame(upstream.posts[0]?.json().stream_options, { include_usage: true }, 'asked for us');
});

t.test('completions and responses are folded too, embeddings pass unchanged', async (t) => {
  const { switchyard, upstream } = await openLab(t, { provider: streamsOnly });
  const completion = await switchyard.ask('/v1/completions', { body: { model: 'm', prompt: 'x' } });
  fits(t, 'CreateCompletionResponse', completion.json());
  t.match(completion.json(), {
    object: 'text_completion',
    choices: [{ text: SAID, finish_reason: 'stop' }],
    usage: USAGE,
  });

  const response = await switchyard.ask('/v1/responses', { body: { model: 'm', input: 'x' } });
  fits(t, 'Response', response.json());
  t.match(response.json(), {
    object: 'response',
    status: 'completed',
    output: [{ content: [{ text: SAID }] }],
  });
  t.notOk('stream_options' in (upstream.posts[1]?.json() ?? {}), 'the Responses API has no such member');

  const embedding = await switchyard.ask('/v1/embeddings', { body: { model: 'm', input: 'x' } });
  t.equal(embedding.status, 200);
  t.strictSame(upstream.posts[2]?.json(), { model: 'm', input: 'x' });
});

t.test('reasoning and tool calls survive the folding', async (t) => {
  const toolCall = { name: 'weather', arguments: ['{"city":', '"Köln"}'] };
  const { switchyard } = await openLab(t, {
    provider: streamsOnly,
    upstream: { reasoning: ['Let', ' me'], toolCall },
  });
  const answer = await switchyard.chat({ tools: [{ type: 'function', function: { name: 'weather' } }] });
  fits(t, 'CreateChatCompletionResponse', answer.json());
  t.match(answer.json().choices[0], {
    finish_reason: 'tool_calls',
    message: {
      reasoning_content: 'Let me',
      content: SAID,
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Köln"}' } },
      ],
    },
  });
});

t.test('an answer that breaks off while it is folded is retried on the next target', async (t) => {
  const [failing, good] = await Promise.all([startUpstream({ interval: 0 }), startUpstream({ interval: 0 })]);
  t.teardown(() => Promise.all([failing.close(), good.close()]));
  const switchyard = await startSwitchyard(t, {
    breaker: { failures: 1000, minimum: 1000 },
    providers: {
      failing: { ...streamsOnly, baseUrl: failing.url },
      good: { ...streamsOnly, baseUrl: good.url },
    },
    models: {
      m: { strategy: { use: 'round-robin' }, targets: [{ provider: 'failing' }, { provider: 'good' }] },
    },
  });
  const behaviours = [
    'cut-before-content',
    'cut-after-content',
    'rst-after-content',
    'broken-chunked',
    'error-frame-after-content',
    'empty-stop',
    'html',
    'status-500',
  ] as const;
  for (const behaviour of behaviours) {
    failing.forget();
    failing.behave(behaviour);
    for (const turn of [1, 2]) {
      const answer = await switchyard.chat();
      t.equal(answer.status, 200, `${behaviour}, turn ${turn}`);
      fits(t, 'CreateChatCompletionResponse', answer.json());
      t.equal(answer.json().choices[0].message.content, SAID, 'and nothing of the first');
    }
    t.ok(failing.posts.length > 0, `${behaviour}: it was asked first`);
  }
});

t.test('without another target it is an error with a status', async (t) => {
  const { switchyard, upstream } = await openLab(t, { provider: streamsOnly });
  for (const [behaviour, code] of [
    ['cut-after-content', 'stream_cut'],
    ['rst-after-content', 'stream_cut'],
    ['error-frame-after-content', 'upstream_error'],
    ['cut-before-content', 'upstream_empty'],
    ['empty-done', 'upstream_empty'],
  ] as const) {
    upstream.behave(behaviour);
    const { status, json } = await switchyard.chat();
    t.equal(status, 502, behaviour);
    t.match(json().error, { code, message: /^lab / });
  }
  upstream.behave('stall-after-content');
  const stalling = await startSwitchyard(t, {
    providers: { lab: { ...streamsOnly, baseUrl: upstream.url, timeouts: { idle: '60ms' } } },
  });
  const { status, json } = await stalling.chat();
  t.match({ status, code: json().error.code }, { status: 504, code: 'stream_stalled' });
});

t.test('a client disconnect during the folding aborts the upstream request', async (t) => {
  const { switchyard, upstream } = await openLab(t, { provider: streamsOnly });
  upstream.behave('stall-after-content');
  const disconnect = new AbortController();
  const asked = switchyard.chat({}, { signal: disconnect.signal });
  const request = await upstream.seen(1, ({ method }) => method === 'POST');
  disconnect.abort();
  await t.rejects(asked);
  t.equal(await upstream.left(request), 'mid-body');
});

t.test('an answer in JSON becomes the requested events', async (t) => {
  const toolCall = { name: 'weather', arguments: ['{"city":"Köln"}'] };
  const { switchyard, upstream } = await openLab(t, { upstream: { reasoning: ['Let me'], toolCall } });
  upstream.behave('json-for-stream');
  const chat = await switchyard.chat({ stream: true, stream_options: { include_usage: true } });
  t.match(chat.headers['content-type'], /^text\/event-stream/);
  t.equal(chat.content, SAID);
  t.equal(chat.events.at(-1), '[DONE]');
  const chunks = chat.events.slice(0, -1).map((data) => JSON.parse(data));
  for (const chunk of chunks) fits(t, 'CreateChatCompletionStreamResponse', chunk);
  t.match(chunks.at(-1).usage, { prompt_tokens: 11 });
  t.match(
    chunks.flatMap(({ choices }) => choices).findLast(({ delta }) => delta.tool_calls).delta.tool_calls,
    [{ index: 0, id: 'call_1', function: { name: 'weather', arguments: '{"city":"Köln"}' } }],
  );
  t.equal(chunks.flatMap(({ choices }) => choices).at(-1).finish_reason, 'tool_calls');

  const completion = await switchyard.ask('/v1/completions', {
    body: { model: 'm', prompt: 'x', stream: true },
  });
  t.equal(completion.events.at(-1), '[DONE]');
  t.equal(
    completion.events
      .slice(0, -1)
      .map((data) => JSON.parse(data).choices[0].text)
      .join(''),
    SAID,
  );

  const response = await switchyard.ask('/v1/responses', { body: { model: 'm', input: 'x', stream: true } });
  const events = response.events.map((data) => JSON.parse(data));
  for (const event of events) fits(t, 'ResponseStreamEvent', event);
  t.strictSame([events[0].type, events.at(-1).type], ['response.created', 'response.completed']);
  t.equal(
    events
      .filter(({ type }) => type === 'response.output_text.delta')
      .map(({ delta }) => delta)
      .join(''),
    SAID,
  );
});

t.test('a provider that never streams is not asked to', async (t) => {
  const { switchyard, upstream } = await openLab(t, { provider: streamsNever });
  const answer = await switchyard.chat({ stream: true });
  t.equal(answer.content, SAID);
  t.equal(answer.events.at(-1), '[DONE]');
  t.equal(upstream.posts[0]?.json().stream, false);
  upstream.behave('error-in-200');
  const failed = await switchyard.chat({ stream: true });
  t.match(
    { status: failed.status, error: failed.json().error },
    { status: 502, error: { code: 'upstream_error' } },
  );
  upstream.behave('status-400');
  t.equal((await switchyard.chat({ stream: true })).status, 400);
});

t.test('no provider is asked for more tokens than it takes', async (t) => {
  const { switchyard, upstream } = await openLab(t, {
    provider: { use: quirky, quirks: { maxTokens: 100 } },
  });
  const cases: [path: string, body: string, sent: string][] = [
    ['/v1/chat/completions', '{"model":"m","max_tokens":500}', '{"model":"m","max_tokens":100}'],
    ['/v1/chat/completions', '{"model":"m","max_tokens":50}', '{"model":"m","max_tokens":50}'],
    [
      '/v1/chat/completions',
      '{"model":"m","max_completion_tokens":500}',
      '{"model":"m","max_completion_tokens":100}',
    ],
    [
      '/v1/chat/completions',
      '{"max_tokens":500, "max_completion_tokens":7, "model":"m"}',
      '{"max_tokens":100, "max_completion_tokens":7, "model":"m"}',
    ],
    ['/v1/chat/completions', '{"model":"m"}', '{"max_tokens":100,"model":"m"}'],
    ['/v1/chat/completions', '{"model":"m","max_tokens":null}', '{"model":"m","max_tokens":100}'],
    ['/v1/completions', '{"model":"m","max_tokens":500}', '{"model":"m","max_tokens":100}'],
    ['/v1/responses', '{"model":"m","max_output_tokens":500}', '{"model":"m","max_output_tokens":100}'],
    ['/v1/embeddings', '{"model":"m","max_tokens":500}', '{"model":"m","max_tokens":500}'],
  ];
  for (const [path, body, sent] of cases) {
    upstream.forget();
    t.equal((await switchyard.ask(path, { body })).status, 200, body);
    t.equal(upstream.posts[0]?.body.toString(), sent, body);
  }
});

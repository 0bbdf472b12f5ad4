import t from 'tap';
import { bytesFrom, gatewayInFront, ownProvider, upstream, type SurfaceName } from '../../../in-front.ts';

const LONG = '9223372036854775807';
const STREAM = 'text/event-stream';
const JSON_TYPE = 'application/json';

const inEvents = (...data: string[]): string => [...data, '[DONE]'].map((one) => `data: ${one}\n\n`).join('');
const chatJson = `{"id":${LONG},"ticket":${LONG},"choices":[{"index":0,"seed":${LONG},"message":{"role":"assistant","content":"a","trace":${LONG}},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2,"cost_ns":${LONG}}}`;
const chatStream = inEvents(
  `{"id":"c","ticket":${LONG},"choices":[{"index":0,"seed":${LONG},"delta":{"content":"a","trace":${LONG}}}]}`,
  `{"id":"c","ticket":${LONG},"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`,
  `{"id":"c","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2,"cost_ns":${LONG}}}`,
);
const textJson = `{"ticket":${LONG},"choices":[{"index":0,"seed":${LONG},"text":"a","finish_reason":"stop"}]}`;
const textStream = inEvents(
  `{"ticket":${LONG},"choices":[{"index":0,"seed":${LONG},"text":"a"}]}`,
  `{"ticket":${LONG},"choices":[{"index":0,"text":"","finish_reason":"stop"}]}`,
);
const response = `{"id":"r","object":"response","status":"completed","ticket":${LONG},"output":[{"type":"message","id":"m","seed":${LONG},"content":[{"type":"output_text","text":"a"}]}]}`;
const responseStream = `event: response.completed\ndata: {"type":"response.completed","response":${response}}\n\n`;

t.test('integers beyond 2^53 arrive as they were written, whatever is made of the answer', async (t) => {
  const one = await upstream(t, 'one');
  const only = { use: ownProvider(t, { streams: 'only' }) };
  const tidy = { use: ownProvider(t, { tidy: true }) };
  const [chat, texts] = [{ surfaces: ['chat'] }, { surfaces: ['completions'] }];
  const ways: [
    what: string,
    each: Record<string, unknown>,
    surface: SurfaceName,
    stream: boolean,
    body: string,
    times: number,
  ][] = [
    ['folded', only, 'chat', false, chatStream, 4],
    ['unfolded', {}, 'chat', true, chatJson, 4],
    ['tidied', tidy, 'chat', false, chatJson, 5],
    ['a tidied stream', tidy, 'chat', true, chatStream, 5],
    ['texts folded', only, 'completions', false, textStream, 2],
    ['texts unfolded', {}, 'completions', true, textJson, 2],
    ['a response folded', only, 'responses', false, responseStream, 2],
    ['a response unfolded', {}, 'responses', true, response, 4],
    ['completions by chat', chat, 'completions', false, chatJson, 4],
    ['completions by chat, a stream', chat, 'completions', true, chatStream, 4],
    ['chat by completions', texts, 'chat', false, textJson, 2],
    ['chat by completions, a stream', texts, 'chat', true, textStream, 3],
  ];
  for (const [what, each, surface, stream, body, times] of ways) {
    const switchyard = await gatewayInFront(t, { one }, { each });
    one.behave('status', { code: 200, body, contentType: body.includes('data: ') ? STREAM : JSON_TYPE });
    const answer = await bytesFrom(`${switchyard.url}/v1`, surface, {
      stream,
      stream_options: { include_usage: true },
    });
    const text = answer.body.toString();
    t.equal(answer.status, 200, `${what}: ${text}`);
    t.notMatch(text, /922337203685477[67]000|9\.22/, what);
    t.ok(text.split(LONG).length - 1 >= times, `${what}: ${text}`);
  }
});

t.test('and so do those of a translated request', async (t) => {
  const one = await upstream(t, 'one');
  const flat = { use: ownProvider(t, { content: 'string' }) };
  const chat = `{"model":"m","seed":${LONG},"metadata":{"n":${LONG}},"messages":[{"role":"user","content":"Hi"}]}`;
  const parts = `{"model":"m","seed":${LONG},"messages":[{"role":"user","n":${LONG},"content":[{"type":"text","text":"Hi"}]}]}`;
  for (const [each, path, body] of [
    [
      { surfaces: ['chat'] },
      'completions',
      `{"model":"m","seed":${LONG},"logit_bias":{"7":${LONG}},"prompt":"Hi"}`,
    ],
    [{ surfaces: ['completions'] }, 'chat/completions', chat],
    [flat, 'chat/completions', parts],
  ] as const) {
    const switchyard = await gatewayInFront(t, { one }, { each });
    t.equal((await switchyard.ask(`/v1/${path}`, { body })).status, 200);
    t.equal(one.posts.at(-1)!.body.toString().split(LONG).length - 1, 2, one.posts.at(-1)!.body.toString());
  }
});

t.test('NaN and Infinity pass where bytes pass, and are null where JSON is written', async (t) => {
  const one = await upstream(t, 'one');
  const logprobs =
    '{"content":[{"token":"a","logprob":NaN,"top_logprobs":[{"logprob":-Infinity},{"logprob":Infinity}]}]}';
  const padding = 'x'.repeat(100_000);
  const json = (more = '') =>
    `{"choices":[{"index":0,"logprobs":${logprobs},"message":{"content":"a"},"finish_reason":"stop"}]${more}}`;
  const text = (more = '') =>
    `{"choices":[{"index":0,"logprobs":${logprobs},"text":"a","finish_reason":"stop"}]${more}}`;
  const stream = inEvents(
    `{"choices":[{"index":0,"delta":{"content":"a"},"logprobs":${logprobs},"finish_reason":null}]}`,
    `{"choices":[{"index":0,"delta":{"content":"b"},"logprobs":${logprobs},"finish_reason":"stop"}]}`,
  );
  const switchyard = await gatewayInFront(t, { one });
  const list = `{"object":"list","data":[{"index":0,"embedding":[NaN,1]}]}`;
  for (const [surface, body] of [
    ['chat', json()],
    ['chat', json(`,"padding":"${padding}"`)],
    ['chat', json(`,"score":NaN,"padding":"${padding}"`)],
    ['chat', stream],
    ['chat', stream.trimEnd()],
    ['completions', text()],
    ['completions', text(`,"score":-Infinity,"padding":"${padding}"`)],
  ] as [SurfaceName, string][]) {
    const isStream = body.startsWith('data');
    one.behave('status', { code: 200, body, contentType: isStream ? STREAM : JSON_TYPE });
    const answer = await bytesFrom(`${switchyard.url}/v1`, surface, { stream: isStream });
    t.equal(answer.status, 200, answer.body.toString().slice(0, 300));
    t.equal(answer.body.toString().trimEnd(), body.trimEnd());
  }
  one.behave('status', { code: 200, body: list });
  t.equal((await switchyard.ask('/v1/embeddings', { body: { model: 'm', input: 'x' } })).text, list);

  const only = await gatewayInFront(t, { one }, { each: { use: ownProvider(t, { streams: 'only' }) } });
  one.behave('status', { code: 200, body: stream, contentType: STREAM });
  const folded = await bytesFrom(`${only.url}/v1`, 'chat', { stream: false });
  t.match(JSON.parse(folded.body.toString()), { choices: [{ message: { content: 'ab' } }] });
  t.match(folded.body.toString(), '"logprob":null');
  one.behave('status', { code: 200, body: json() });
  const unfolded = await bytesFrom(`${switchyard.url}/v1`, 'chat', { stream: true });
  t.match(unfolded.body.toString(), /"logprob":null.*data: \[DONE\]/s);
});

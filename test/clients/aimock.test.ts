/** An upstream that others wrote, so that the gateway is not only tested against our own idea of the API. */
import { LLMock } from '@copilotkit/aimock';
import t, { type Test } from 'tap';
import { startSwitchyard, type Switchyard } from '../switchyard.ts';
import { openaiSchema } from '../openai-schema.ts';

const fits = (t: Test, schema: string, value: unknown): void =>
  void t.strictSame(openaiSchema(schema)(value), [], schema);

/** CopilotKit's aimock, which answers what it was told to, over many APIs. */
async function startAimock(t: Test): Promise<{ mock: LLMock; switchyard: Switchyard; say: Say }> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1' });
  await mock.start();
  t.teardown(() => mock.stop());
  const lab = { use: 'openai-compatible', baseUrl: `${mock.url}/v1`, apiKey: 'upstream-key' };
  // A rate limit of a second is not waited for.
  const config = { breaker: { failures: 1000, minimum: 1000 }, retry: { wait: '0s' } };
  const switchyard = await startSwitchyard(t, { ...config, providers: { lab } });
  const say: Say = (text, more = {}) =>
    switchyard.chat({ messages: [{ role: 'user', content: text }], ...more });
  return { mock, switchyard, say };
}

type Say = (text: string, more?: object) => ReturnType<Switchyard['chat']>;

t.test('aimock answers through the gateway, whole and streamed', async (t) => {
  const { mock, switchyard, say } = await startAimock(t);
  mock.onMessage('hello', { content: 'Grüße, 世界 👋', reasoning: 'A greeting.' });
  const whole = await say('hello');
  t.equal(whole.status, 200);
  fits(t, 'CreateChatCompletionResponse', whole.json());
  t.equal(whole.json().choices[0].message.content, 'Grüße, 世界 👋');

  const streamed = await say('hello', { stream: true, stream_options: { include_usage: true } });
  t.equal(streamed.content, 'Grüße, 世界 👋');
  t.equal(streamed.events.at(-1), '[DONE]');
  for (const data of streamed.events.slice(0, -1))
    fits(t, 'CreateChatCompletionStreamResponse', JSON.parse(data));
  t.type(JSON.parse(streamed.events.at(-2) as string).usage.total_tokens, 'number');
  t.match(await switchyard.trace(), { ending: 'complete', attempts: [{ outcome: 'answered' }] });

  const none = await say('nothing matches this');
  t.equal(none.status, 404, 'its no comes as it is');
  t.match(none.json().error, { message: /\w/ });
});

t.test("aimock's tool calls pass, whole and in pieces", async (t) => {
  const { mock, say } = await startAimock(t);
  const call = { id: 'call_abc', name: 'weather', arguments: '{"city":"Köln"}' };
  mock.onMessage('weather', { toolCalls: [call, { ...call, id: 'call_def' }] });
  const tools = [{ type: 'function', function: { name: 'weather', parameters: {} } }];
  const whole = await say('weather', { tools });
  fits(t, 'CreateChatCompletionResponse', whole.json());
  const calls = whole.json().choices[0].message.tool_calls;
  t.match(calls, [
    { id: 'call_abc', function: { name: 'weather', arguments: '{"city":"Köln"}' } },
    { id: 'call_def' },
  ]);

  const streamed = await say('weather', { tools, stream: true });
  const deltas = streamed.events
    .slice(0, -1)
    .flatMap((data) => JSON.parse(data).choices[0]?.delta.tool_calls ?? []);
  const pieces = deltas.filter(({ index }) => index === 0).map((delta) => delta.function?.arguments ?? '');
  t.equal(pieces.join(''), '{"city":"Köln"}');
  t.ok(deltas.some(({ id }) => id === 'call_def'));
});

t.test("aimock's other APIs pass", async (t) => {
  const { mock, switchyard } = await startAimock(t);
  mock.onMessage('hello', { content: 'Hi there' });
  mock.onEmbedding('hello', { embedding: [0.1, 0.2] });
  mock.onImage('hello', { image: { url: 'https://x.example/a.png' } });
  mock.onSpeech('hello', { audio: Buffer.from([0, 255, 13, 10]).toString('base64'), format: 'mp3' });
  const ask = (path: string, body: object) => switchyard.ask(path, { body: { model: 'm', ...body } });

  const response = await ask('/v1/responses', { input: 'hello' });
  t.match(response.json(), {
    object: 'response',
    status: 'completed',
    output: [{ content: [{ text: 'Hi there' }] }],
  });
  const events = (await ask('/v1/responses', { input: 'hello', stream: true })).events.map((data) =>
    JSON.parse(data),
  );
  t.equal(
    events
      .filter(({ type }) => type === 'response.output_text.delta')
      .map(({ delta }) => delta)
      .join(''),
    'Hi there',
  );
  t.equal(events.at(-1).type, 'response.completed');

  fits(t, 'CreateEmbeddingResponse', (await ask('/v1/embeddings', { input: 'hello' })).json());
  t.match((await ask('/v1/images/generations', { prompt: 'hello' })).json().data, [
    { url: 'https://x.example/a.png' },
  ]);
  t.type((await ask('/v1/moderations', { input: 'hello' })).json().results[0].flagged, 'boolean');
  const speech = await ask('/v1/audio/speech', { input: 'hello', voice: 'alloy' });
  t.match(speech, { status: 200, headers: { 'content-type': /^audio\// } });
});

t.test("aimock's chaos never looks like an answer", async (t) => {
  const { mock, switchyard, say } = await startAimock(t);
  const content = 'One two three four five six seven eight nine ten eleven twelve';
  mock.onMessage('truncated', { content }, { chunkSize: 5, latency: 5, truncateAfterChunks: 4 });
  mock.onMessage('disconnected', { content }, { chunkSize: 5, latency: 5, disconnectAfterMs: 30 });
  mock.onMessage('slow', { content: 'At last' }, { latency: 20, chunkSize: 3 });
  mock.onMessage('empty', {
    content: '',
    usage: { prompt_tokens: 1, completion_tokens: 0, total_tokens: 1 },
  });
  mock.onMessage('counted', {
    content: '',
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  });
  mock.onMessage('hello', { content: 'Hi there' });

  t.equal((await say('slow', { stream: true })).content, 'At last');
  for (const cut of ['truncated', 'disconnected']) {
    const answer = await say(cut, { stream: true });
    t.equal(answer.status, 200);
    t.match(answer.text, /One/, 'what came is there');
    t.notMatch(answer.text, /\[DONE\]|"finish_reason":"/, 'nothing looks finished');
    t.match(JSON.parse(answer.events.at(-1) as string).error, { code: 'stream_cut', message: /^lab / });
    t.match(await switchyard.trace(), { ending: 'cut' });
  }
  for (const stream of [true, false]) {
    const empty = await say('empty', { stream });
    t.match({ status: empty.status, code: empty.json().error.code }, { status: 502, code: 'upstream_empty' });
    const counted = await say('counted', { stream, stream_options: { include_usage: true } });
    t.equal(counted.status, 200, 'a token was counted: it is an answer without words');
    for (const chaos of [
      { dropRate: 1 },
      { malformedRate: 1 },
      { rateLimitRate: 1 },
      { disconnectRate: 1 },
    ]) {
      mock.setChaos(chaos);
      const answer = await say('hello', { stream });
      t.ok(answer.status >= 429, `${JSON.stringify(chaos)}: ${answer.status}`);
      t.match(answer.json().error, { message: /\w/ }, JSON.stringify(chaos));
      t.not((await switchyard.trace()).ending, 'complete');
    }
    mock.clearChaos();
    // A rate limit takes the target out for as long as it asked.
    switchyard.gateway.upstreams.get('lab')?.target('*').reset();
    t.equal((await say('hello', { stream })).status, 200, 'and all is well again');
  }
});

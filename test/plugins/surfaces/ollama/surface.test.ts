/** What clients of Ollama's API find at the gateway, whatever answers behind it. */
import t from 'tap';
import { CHAT, chunk, says, startStandIn, streams } from '../../../servers/stand-in.ts';
import { startSwitchyard } from '../../../switchyard.ts';
import { all, ASKED, before, lines, WEATHER, whole } from './provider-of-chat.ts';

t.test('its SDK gets a whole answer', async (t) => {
  const server = await startStandIn(t, {
    [CHAT]: says(200, whole({ content: 'Hello', reasoning_content: 'Hm.' })),
  });
  const { client } = await before(t, server);
  const answer = await client.chat({
    ...ASKED,
    think: 'low',
    keep_alive: '5m',
    options: { num_ctx: 4096, num_predict: 9 },
  });
  t.match(answer, {
    model: 'own',
    created_at: /^\d{4}-/,
    message: { role: 'assistant', content: 'Hello', thinking: 'Hm.' },
    done: true,
    done_reason: 'stop',
    prompt_eval_count: 5,
    eval_count: 2,
  });
  t.ok(Number.isInteger(answer.total_duration) && answer.total_duration > 0, 'in ns');
  t.strictSame(server.asked.at(-1)?.body, {
    model: 'own',
    messages: ASKED.messages,
    stream: false,
    max_tokens: 9,
    reasoning_effort: 'low',
  });
});

t.test('its SDK streams, with reasoning, counts and durations', async (t) => {
  const server = await startStandIn(t, {
    [CHAT]: streams([
      chunk({ role: 'assistant', content: '' }),
      chunk({ reasoning_content: 'Hm.' }),
      chunk({ content: 'Hel' }),
      chunk({ content: 'lo' }),
      chunk({}, 'length'),
      { ...chunk({}), choices: [], usage: { prompt_tokens: 5, completion_tokens: 3 } },
      '[DONE]',
    ]),
  });
  const { client, switchyard } = await before(t, server);
  const got = await all(await client.chat({ ...ASKED, stream: true }));
  t.match(
    got.map(({ message }) => message),
    [{ content: '', thinking: 'Hm.' }, { content: 'Hel' }, { content: 'lo' }, { content: '' }],
  );
  t.match(got.at(-1), { done: true, done_reason: 'length', prompt_eval_count: 5, eval_count: 3 });
  const { total_duration, prompt_eval_duration, eval_duration } = got.at(-1)!;
  t.ok(prompt_eval_duration > 0 && Math.abs(prompt_eval_duration + eval_duration - total_duration) <= 2);
  t.match(server.asked.at(-1)?.body, { stream: true, stream_options: { include_usage: true } });
  const answer = await switchyard.ask('/api/chat', { body: ASKED });
  t.match(String(answer.headers['content-type']), 'application/x-ndjson', 'without a word, it streams');
  t.equal(lines(answer.text).length, 4);
  t.match(await switchyard.trace(), {
    translated: 'ollama-chat-to-chat',
    usage: { prompt: 5, completion: 3 },
  });
});

t.test('tokens that no server counts are estimated, and said to be', async (t) => {
  const server = await startStandIn(t, {
    [CHAT]: streams([chunk({ content: 'Hello, how are you?' }), chunk({}, 'stop'), '[DONE]']),
  });
  const { client } = await before(t, server);
  t.match((await all(await client.chat({ ...ASKED, stream: true }))).at(-1), {
    eval_count: 5,
    estimated: true,
  });
});

t.test('durations are those that the server measured, where it tells them', async (t) => {
  const server = await startStandIn(t, {
    [CHAT]: says(200, whole({ content: 'a' }, 'stop', { timings: { prompt_ms: 1.5, predicted_ms: 20 } })),
  });
  const { client } = await before(t, server);
  t.match(await client.chat({ ...ASKED }), { prompt_eval_duration: 1_500_000, eval_duration: 20_000_000 });
  server.replies[CHAT] = says(
    200,
    whole({ content: 'a' }, 'stop', { usage: { prompt_tokens: 1, prompt_time: 0.5, completion_time: 2 } }),
  );
  t.match(await client.chat({ ...ASKED }), { prompt_eval_duration: 5e8, eval_duration: 2e9 });
});

t.test('calls of tools come whole, with objects, and their results go back', async (t) => {
  const call = (index: number, piece: object, more: object = {}) => ({
    tool_calls: [{ index, ...more, function: piece }],
  });
  const server = await startStandIn(t, {
    [CHAT]: streams([
      chunk(call(0, { name: 'weather', arguments: '' }, { id: 'call_a', type: 'function' })),
      chunk(call(0, { arguments: '{"city": {"name":' })),
      chunk(call(0, { arguments: '"Bern"}}' })),
      chunk(call(1, { name: 'weather', arguments: '' }, { id: 'call_b', type: 'function' })),
      chunk({}, 'tool_calls'),
      '[DONE]',
    ]),
  });
  const { client } = await before(t, server);
  const got = await all(await client.chat({ ...ASKED, tools: [WEATHER], stream: true }));
  const calls = got.flatMap(({ message }) => message.tool_calls ?? []);
  t.match(calls, [
    { id: 'call_a', function: { index: 0, name: 'weather', arguments: { city: { name: 'Bern' } } } },
    { id: 'call_b', function: { index: 1, name: 'weather', arguments: {} } },
  ]);
  t.match(got.at(-1), { done: true, done_reason: 'stop' });
  t.equal(got[0]?.done, false, 'the first is there before the second has begun');
  server.replies[CHAT] = says(200, whole({ content: 'Rain' }));
  await client.chat({
    model: 'm',
    messages: [
      ...ASKED.messages,
      { role: 'assistant', content: '', tool_calls: calls },
      { role: 'tool', content: 'rain', tool_name: 'weather' },
      { role: 'tool', content: 'sun', tool_name: 'weather' },
    ],
    tools: [WEATHER],
  });
  t.match(server.asked.at(-1)?.body, {
    messages: [
      {},
      {
        content: null,
        tool_calls: [{ id: 'call_a', function: { arguments: '{"city":{"name":"Bern"}}' } }, { id: 'call_b' }],
      },
      { role: 'tool', tool_call_id: 'call_a', content: 'rain' },
      { role: 'tool', tool_call_id: 'call_b', content: 'sun' },
    ],
    tools: [WEATHER],
  });
  server.replies[CHAT] = says(
    200,
    whole(
      { tool_calls: [{ id: 'c', type: 'function', function: { name: 'weather', arguments: '{"at":1}' } }] },
      'tool_calls',
    ),
  );
  t.match(await client.chat({ ...ASKED, tools: [WEATHER] }), {
    message: { content: '', tool_calls: [{ id: 'c', function: { name: 'weather', arguments: { at: 1 } } }] },
  });
});

t.test('generate continues a conversation of one turn, or fills a gap by completions', async (t) => {
  const server = await startStandIn(t, { [CHAT]: says(200, whole({ content: 'Hello' })) });
  const { client } = await before(t, server);
  t.match(await client.generate({ model: 'm', prompt: 'hi', system: 'Be kind' }), {
    response: 'Hello',
    done: true,
    eval_count: 2,
  });
  t.match(server.asked.at(-1)?.body.messages, [{ role: 'system' }, { role: 'user', content: 'hi' }]);
  const text = (piece: string, finish: string | null = null) => ({
    id: 'c',
    object: 'text_completion',
    model: 'own',
    choices: [{ index: 0, text: piece, finish_reason: finish }],
  });
  server.replies['POST /v1/completions'] = streams([text('a, '), text('b'), text('', 'stop'), '[DONE]']);
  const filled = await all(
    await client.generate({ model: 'm', prompt: 'def add(', suffix: '):', stream: true }),
  );
  t.equal(filled.map(({ response }) => response).join(''), 'a, b');
  t.match(server.asked.at(-1), { path: 'POST /v1/completions', body: { prompt: 'def add(', suffix: '):' } });
  await all(await client.generate({ model: 'm', prompt: '<s>raw', raw: true, stream: true }));
  t.match(server.asked.at(-1)?.body, { prompt: '<s>raw', suffix: undefined, raw: undefined });
});

t.test('texts are embedded', async (t) => {
  const vectors = { data: [{ index: 0, embedding: [0.5, 1] }], model: 'own', usage: { prompt_tokens: 2 } };
  const server = await startStandIn(t, { 'POST /v1/embeddings': says(200, vectors) });
  const { client } = await before(t, server);
  t.match(await client.embed({ model: 'm', input: 'hi' }), { embeddings: [[0.5, 1]], prompt_eval_count: 2 });
  t.strictSame(await client.embeddings({ model: 'm', prompt: 'hi' }), { embedding: [0.5, 1] });
  t.match(server.asked.at(-1)?.body, { model: 'own', input: 'hi' });
});

t.test('a stream that is cut or fails ends with an error line, at which its SDK throws', async (t) => {
  let cut = (): void => {};
  const server = await startStandIn(t, {
    [CHAT]: ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify(chunk({ content: 'Half' }))}\n\n`);
      cut = () => void response.destroy();
    },
  });
  const { client, switchyard } = await before(t, server);
  const half = async (): Promise<void> => {
    for await (const { message } of await client.chat({ ...ASKED, stream: true })) {
      t.equal(message.content, 'Half');
      cut();
    }
  };
  await t.rejects(half(), /broke the connection/);
  server.replies[CHAT] = streams([chunk({ content: 'Half' }), { error: { message: 'out of memory' } }]);
  await t.rejects(client.chat({ ...ASKED, stream: true }).then(all), /out of memory/);
  const { text, broken } = await switchyard.ask('/api/chat', { body: ASKED });
  t.match(lines(text), [
    { message: { content: 'Half' } },
    { error: /out of memory/, code: 'upstream_error' },
  ]);
  t.notOk(broken);
  server.replies[CHAT] = streams([
    chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{"half"' } }] }),
    chunk({}, 'stop'),
    '[DONE]',
  ]);
  await t.rejects(client.chat({ ...ASKED, stream: true }).then(all), /no JSON object/);
});

t.test('errors are words with a status', async (t) => {
  const server = await startStandIn(t, { [CHAT]: says(429, { error: { message: 'slow down' } }) });
  const { client, switchyard } = await before(t, server, { server: { apiKeys: ['a-key-of-ours'] } });
  const headers = { authorization: 'Bearer a-key-of-ours' };
  await t.rejects(client.list(), { status_code: 401, message: /key/ });
  for (const [path, body, status, code] of [
    ['/api/chat', {}, 400, 'invalid_request'],
    ['/api/chat', { ...ASKED, options: { top_k: 40 } }, 400, 'not_translatable'],
    ['/api/chat?provider=nowhere', ASKED, 404, 'provider_not_found'],
    ['/api/chat', ASKED, 429, undefined],
    ['/api/show', { model: 'none' }, 404, 'model_not_found'],
    ['/api/pull', { model: 'm' }, 501, 'not_implemented'],
  ] as const) {
    const answer = await switchyard.ask(path, { headers, body });
    t.equal(answer.status, status, path);
    t.match(answer.json(), { error: String, ...(code && { code }) });
  }
  const deleted = await switchyard.ask('/api/delete', { method: 'DELETE', headers, body: { model: 'm' } });
  t.match(deleted.json(), { error: /keeps no model files/ });
  t.equal((await switchyard.ask('/api/chat', { headers })).status, 405);
});

t.test('a client that leaves ends the request upstream', async (t) => {
  const server = await startStandIn(t, {});
  const gone = new Promise<void>((resolve) => {
    server.replies[CHAT] = ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify(chunk({ content: 'Half' }))}\n\n`);
      response.once('close', resolve);
    };
  });
  const { client } = await before(t, server);
  const stream = await client.chat({ ...ASKED, stream: true });
  await t.rejects(async () => {
    for await (const { message } of stream) {
      t.equal(message.content, 'Half');
      stream.abort();
    }
  }, /abort/i);
  await gone;
  t.pass('its connection was closed');
});

t.test('a tag that a client adds is taken off', async (t) => {
  const server = await startStandIn(t, { [CHAT]: says(200, whole({ content: 'a' })) });
  const { client } = await before(t, server, { unknownModels: 'reject' });
  t.match(await client.chat({ ...ASKED, model: 'm:latest' }), { message: { content: 'a' } });
  t.equal(server.asked.at(-1)?.body.model, 'own');
});

t.test('its clients ask whether it runs where others get the dashboard', async (t) => {
  const { url, ask } = await startSwitchyard(t, {});
  const headers = { 'user-agent': 'ollama-python/0.6.3 (x86_64 linux) Python/3.14' };
  t.equal((await ask('/', { headers })).text, 'Ollama is running');
  t.equal((await ask('/', { headers, method: 'HEAD' })).status, 200);
  t.match((await ask('/')).headers['content-type'], 'text/html');
  t.ok(url);
});

import t from 'tap';
import { startSwitchyard } from '../../switchyard.ts';
import { chat, startModelServer, type Reply } from '../../model-server.ts';

const completion: Reply = ({ model }) => ({
  json: {
    id: 'cmpl-1',
    object: 'text_completion',
    created: 1_700_000_000,
    model,
    choices: [{ index: 0, text: 'hi', finish_reason: 'stop', logprobs: null }],
  },
});
const embedding: Reply = ({ model }) => ({
  json: { object: 'list', model, data: [{ object: 'embedding', index: 0, embedding: [1] }] },
});
const at = (url: string) => ({ use: 'openai-compatible', baseUrl: url, models: { m: 'm' } });
const ask = { body: { model: 'm', prompt: 'hi', input: 'hi' } };

t.test('a path that a server lacks goes to the next target, and no more to the first', async (t) => {
  const without = await startModelServer(t, {
    paths: { '/v1/embeddings': () => ({ status: 501, json: { error: { message: 'not supported' } } }) },
  });
  const having = await startModelServer(t, { paths: { '/v1/embeddings': embedding } });
  const switchyard = await startSwitchyard(t, {
    strategy: { use: 'round-robin' },
    providers: { without: at(without.url), having: at(having.url) },
  });
  for (let turn = 0; turn < 10; turn++) {
    const answer = await switchyard.ask('/v1/embeddings', ask);
    t.match(
      { status: answer.status, provider: answer.headers['x-switchyard-provider'] },
      { status: 200, provider: 'having' },
    );
  }
  t.equal(without.asked.length, 1, 'it is remembered');
  t.match((await switchyard.ask('/providers/without')).json(), {
    missingSurfaces: [{ surface: 'embeddings', because: 'without answered 501' }],
    status: 'healthy',
  });
  const seen = new Set<string | undefined>();
  for (let turn = 0; turn < 4; turn++) seen.add((await switchyard.chat()).headers['x-switchyard-provider']);
  t.strictSame([...seen].sort(), ['having', 'without'], 'its chat goes on');
  await switchyard.ask('/targets/without/m/reset', { method: 'POST' });
  t.match((await switchyard.ask('/providers/without')).json(), { missingSurfaces: [] });
});

t.test('where there is a translation the same request is answered by it, both ways', async (t) => {
  for (const [path, has, lacks] of [
    ['/v1/completions', { '/v1/chat/completions': chat }, '/v1/completions'],
    [
      '/v1/chat/completions',
      { '/v1/completions': completion, '/v1/chat/completions': undefined },
      '/v1/chat/completions',
    ],
  ] as const) {
    const server = await startModelServer(t, { paths: has as Record<string, Reply> });
    const switchyard = await startSwitchyard(t, { providers: { lab: at(server.url) } });
    const body = { model: 'm', prompt: 'hi', messages: [{ role: 'user', content: 'hi' }] };
    const { prompt, messages } = body;
    const asked = path === '/v1/completions' ? { model: 'm', prompt } : { model: 'm', messages };
    for (let turn = 0; turn < 3; turn++) {
      const answer = await switchyard.ask(path, { body: asked });
      t.equal(answer.status, 200, `${path}: ${answer.text}`);
      t.ok(answer.headers['x-switchyard-translated']);
    }
    t.equal(server.asked.filter((one) => one.path === lacks).length, 1, 'it is asked for what it lacks once');
  }
});

t.test(
  'where no target has the path, its refusal is passed on each time, without harm to its health',
  async (t) => {
    const server = await startModelServer(t);
    const switchyard = await startSwitchyard(t, { providers: { lab: at(server.url) } });
    for (let turn = 0; turn < 5; turn++) {
      const answer = await switchyard.ask('/v1/embeddings', ask);
      t.equal(answer.status, 404);
      t.match(answer.json(), { error: { message: 'lab answered 404: Not Found' } });
    }
    t.equal((await switchyard.chat()).status, 200);
  },
);

t.test('a request without a translation is sent unchanged: the path may exist by now', async (t) => {
  const server = await startModelServer(t);
  const chatPath = '/v1/chat/completions';
  server.paths[chatPath] = () => ({ status: 404, text: 'Not Found' });
  const switchyard = await startSwitchyard(t, { providers: { lab: at(server.url) } });
  const body = { model: 'm', messages: [], tools: [{ type: 'function', function: { name: 'now' } }] };
  const refused = await switchyard.ask(chatPath, { body });
  t.equal(refused.status, 404, refused.text);
  t.equal(server.asked.filter(({ path }) => path === chatPath).length, 2, 'once more at most');
  server.paths[chatPath] = chat;
  const answer = await switchyard.ask(chatPath, { body });
  t.equal(answer.status, 200, answer.text);
});

t.test('a model that one server lacks goes to the next target, and says nothing of its paths', async (t) => {
  const gone: Reply = () => ({ status: 404, json: { error: { message: 'The model `m` does not exist' } } });
  const without = await startModelServer(t, { paths: { '/v1/chat/completions': gone } });
  const having = await startModelServer(t);
  const switchyard = await startSwitchyard(t, {
    strategy: { use: 'round-robin' },
    providers: { without: at(without.url), having: at(having.url) },
  });
  for (let turn = 0; turn < 4; turn++) t.equal((await switchyard.chat()).status, 200);
  t.match((await switchyard.ask('/providers/without')).json(), { missingSurfaces: [] });
});

t.test('llama.cpp and vLLM get messages, tokens and ranks; tokenize is at the root', async (t) => {
  const said: Reply = () => ({ json: { tokens: [1, 2], content: [{ type: 'text', text: 'hi' }] } });
  const paths = ['/v1/messages', '/v1/messages/count_tokens', '/v1/rerank', '/tokenize', '/detokenize'];
  const server = await startModelServer(t, { paths: Object.fromEntries(paths.map((path) => [path, said])) });
  for (const use of ['llamacpp', 'vllm']) {
    const switchyard = await startSwitchyard(t, { providers: { [use]: { baseUrl: server.url } } });
    for (const path of paths) {
      const answer = await switchyard.ask(path, { body: { model: 'm', prompt: 'hi' } });
      t.equal(answer.status, 200, `${use} ${path}: ${answer.text}`);
      t.equal(server.asked.at(-1)?.path, path);
      t.match(await switchyard.trace(), { model: 'm', attempts: [{ provider: use }] });
    }
    t.equal(
      (await switchyard.ask('/v1/tokenize', { body: { content: 'hi' } })).status,
      200,
      'without a model, too',
    );
  }
});

t.test('a server that lets nothing in, or takes no body of that size, leaves it to others', async (t) => {
  const refusals = [
    [403, '<html><title>Attention Required!</title></html>'],
    [403, { error: { message: 'Country, region, or territory not supported' } }],
    [413, '<html><title>413 Request Entity Too Large</title></html>'],
    [413, { error: { message: 'Request too large for model `m`', code: 'rate_limit_exceeded' } }],
  ] as const;
  for (const [status, body] of refusals) {
    const said = typeof body === 'string' ? { text: body } : { json: body };
    const closed = await startModelServer(t, {
      paths: { '/v1/chat/completions': () => ({ status, ...said }) },
    });
    const open = await startModelServer(t);
    const switchyard = await startSwitchyard(t, {
      strategy: { use: 'round-robin' },
      providers: { closed: at(closed.url), open: at(open.url) },
    });
    for (let turn = 0; turn < 5; turn++) t.equal((await switchyard.chat()).status, 200, JSON.stringify(body));
    t.ok(closed.asked.length > 1, `it stays well for other requests: ${closed.asked.length}`);
    t.match((await switchyard.ask('/providers/closed')).json(), { missingSurfaces: [] });
    const pinned = await switchyard.ask('/v1/chat/completions?provider=closed', {
      body: { model: 'm', messages: [] },
    });
    t.equal(pinned.status, status, 'where no other is left, it is passed on');
  }
});

t.test('what is said of the content goes to the caller, and nowhere else', async (t) => {
  const json = { error: { message: 'Your chosen model requires moderation and your input was flagged' } };
  const strict = await startModelServer(t, {
    paths: { '/v1/chat/completions': () => ({ status: 403, json }) },
  });
  const other = await startModelServer(t);
  const switchyard = await startSwitchyard(t, {
    strategy: { use: 'round-robin' },
    providers: { strict: at(strict.url), other: at(other.url) },
  });
  const pinned = { body: { model: 'm', messages: [] } };
  for (let turn = 0; turn < 4; turn++) {
    const { status } = await switchyard.chat();
    t.ok(status === 200 || status === 403);
  }
  t.equal(strict.asked.length + other.asked.length, 4, 'each request was asked once');
  t.equal((await switchyard.ask('/v1/chat/completions?provider=strict', pinned)).status, 403);
});

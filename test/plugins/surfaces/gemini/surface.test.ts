/** What clients of Google's API find at the gateway, whatever answers behind it. */
import { GoogleGenAI } from '@google/genai';
import t from 'tap';
import { gatewayBefore, says, startStandIn, well } from '../../../servers/stand-in.ts';
import { startSwitchyard } from '../../../switchyard.ts';
import type { Parsed } from '../openai/recorded.ts';
import { clientOf, googleBefore } from './google-client.ts';

const HI = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] };
const KEY = 'a-key-of-ours';

t.test('errors have its shape and its statuses', async (t) => {
  const server = await startStandIn(t, {});
  const switchyard = await gatewayBefore(t, { server }, { server: { apiKeys: [KEY] } });
  const key = { 'x-goog-api-key': KEY };
  for (const [path, headers, body, status, word, reason] of [
    ['/v1beta/models/m:generateContent', {}, HI, 401, 'UNAUTHENTICATED', 'missing_api_key'],
    ['/v1beta/models/m:generateContent?key=none', {}, HI, 401, 'UNAUTHENTICATED', 'wrong_api_key'],
    ['/v1beta/models/m:generateContent', key, '{', 400, 'INVALID_ARGUMENT', 'invalid_json'],
    ['/v1beta/models/m:generateContent?provider=nowhere', key, HI, 404, 'NOT_FOUND', 'provider_not_found'],
    ['/v1beta/models/m:dance', key, HI, 404, 'NOT_FOUND', 'not_found'],
    ['/v1beta/models/m', key, HI, 404, 'NOT_FOUND', 'not_found'],
    ['/v1/models/none', key, undefined, 404, 'NOT_FOUND', 'model_not_found'],
    [
      '/v1beta/models/m:generateContent',
      key,
      { ...HI, cachedContent: 'a' },
      400,
      'INVALID_ARGUMENT',
      'not_translatable',
    ],
  ] as const) {
    const answer = await switchyard.ask(path, { headers, ...(body && { body }) });
    t.equal(answer.status, status, path);
    t.match(answer.json(), {
      error: { code: status, status: word, message: /./, details: [{ domain: 'switchyard', reason }] },
    });
  }
  server.replies['POST /v1/chat/completions'] = says(429, { detail: 'slow down' });
  const refused = await switchyard.ask('/v1beta/models/m:generateContent', { headers: key, body: HI });
  t.match(refused.json(), { error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: /slow down/ } });
});

t.test('its SDK gets the errors as its own', async (t) => {
  const { google } = await googleBefore(t, {
    'POST /v1/chat/completions': says(429, { error: 'slow down' }),
  });
  const error: Parsed = await google.models
    .generateContent({ model: 'm', contents: 'hi' })
    .catch((thrown) => thrown);
  t.match(error, { name: 'ApiError', status: 429, message: /slow down/ });
});

t.test('a key comes in its header or in the query, and goes to no provider of another kind', async (t) => {
  const server = await startStandIn(t, well);
  const switchyard = await gatewayBefore(t, { server }, { server: { apiKeys: [KEY] } });
  for (const [query, headers] of [
    ['', { 'x-goog-api-key': KEY }],
    [`?key=${KEY}`, {}],
    ['', { authorization: `Bearer ${KEY}` }],
  ] as const) {
    const answer = await switchyard.ask(`/v1beta/models/m:generateContent${query}`, { headers, body: HI });
    t.equal(answer.status, 200, query);
  }
  const closed = await switchyard.ask(`/v1/chat/completions?key=${KEY}`, {
    body: { model: 'm', messages: [] },
  });
  t.equal(closed.status, 401, 'other APIs have no key in the query');
  const open = await startSwitchyard(t, {
    providers: { server: { use: 'openai-compatible', baseUrl: `${server.url}/v1`, models: { m: 'm' } } },
  });
  await open.ask('/v1beta/models/m:generateContent?key=AIza-secret&alt=json', { body: HI });
  const { path, headers } = server.asked.at(-1)!;
  t.notMatch(JSON.stringify({ path, headers }), /AIza-secret/);
  const listed = await open.ask('/requests', { headers: {} });
  t.notMatch(listed.text + open.log.join('\n'), /AIza-secret/, 'no trace and no log has it');
});

t.test('a provider without a key is sent the caller’s own, as its API has it', async (t) => {
  const server = await startStandIn(t, { 'POST /v1beta/models/m:generateContent': says(200, {}) });
  const providers = { server: { use: 'gemini', baseUrl: `${server.url}/v1beta`, models: { m: 'm' } } };
  const switchyard = await startSwitchyard(t, { providers, retry: { again: 0 } });
  for (const [query, own] of [
    ['', { 'x-goog-api-key': 'AIza-callers' }],
    ['?key=AIza-callers', {}],
  ] as const) {
    await switchyard.ask(`/v1beta/models/m:generateContent${query}`, { headers: own, body: HI });
    t.equal(server.asked.at(-1)!.headers['x-goog-api-key'], 'AIza-callers');
  }
});

t.test('models are listed in its shape, where the path is OpenAI’s for its clients alone', async (t) => {
  const server = await startStandIn(t, {
    'GET /v1/models': says(200, {
      data: [{ id: 'one', max_input_tokens: 9 }, { id: 'two/2' }, { id: 'three' }],
    }),
  });
  const providers = { server: { use: 'openai-compatible', baseUrl: `${server.url}/v1` } };
  const switchyard = await startSwitchyard(t, { providers });
  for (const apiVersion of ['v1', 'v1beta']) {
    const google = new GoogleGenAI({ apiKey: 'x', httpOptions: { baseUrl: switchyard.url, apiVersion } });
    const listed: Parsed[] = [];
    for await (const model of await google.models.list({ config: { pageSize: 2 } })) listed.push(model);
    t.match(listed, [
      { name: 'models/one', inputTokenLimit: 9 },
      { name: 'models/two/2' },
      { name: 'models/three' },
    ]);
    t.match(await google.models.get({ model: 'one' }), { name: 'models/one', displayName: 'one' });
  }
  t.match((await switchyard.ask('/v1/models?key=x')).json(), { models: [{ name: 'models/one' }] });
  t.match((await switchyard.ask('/v1/models')).json(), { object: 'list', data: [{ id: 'one' }] });
});

t.test('models of the Gemini API are known by their names, with what it says of them', async (t) => {
  const model = {
    name: 'models/gemini-2.5-flash',
    displayName: 'Gemini 2.5 Flash',
    inputTokenLimit: 1_048_576,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
  };
  const server = await startStandIn(t, { 'GET /v1beta/models': says(200, { models: [model] }) });
  const providers = { server: { use: 'gemini', baseUrl: `${server.url}/v1beta`, apiKey: 'x' } };
  const switchyard = await startSwitchyard(t, { providers });
  t.match((await switchyard.ask('/v1/models')).json(), { data: [{ id: 'gemini-2.5-flash' }] });
  t.match((await switchyard.ask('/v1beta/models')).json(), { models: [model] });
});

t.test('tokens are counted by a provider that can, and estimated where none can', async (t) => {
  const path = 'POST /v1beta/models/own:countTokens';
  const { google, server, switchyard } = await googleBefore(
    t,
    { [path]: says(200, { totalTokens: 7 }) },
    { use: 'gemini' },
    '/v1beta',
  );
  t.match(await google.models.countTokens({ model: 'm', contents: 'hi' }), { totalTokens: 7 });
  server.replies[path] = says(500, { error: { message: 'no' } });
  const answer = await switchyard.ask('/v1beta/models/m:countTokens', { body: HI });
  t.match(answer.json(), { totalTokens: Number, estimated: true });
  t.equal(answer.headers['x-switchyard-estimated'], 'true');
  const chats = await googleBefore(t, {});
  const inlineData = { mimeType: 'image/png', data: 'A'.repeat(200_000) };
  const contents = [{ role: 'user', parts: [{ text: 'hi there' }, { inlineData }] }];
  const { totalTokens } = await clientOf(chats.switchyard).models.countTokens({ model: 'm', contents });
  t.ok(totalTokens! > 0 && totalTokens! < 1_000, 'a picture is no text');
});

t.test('clients of Vertex AI name a project, or a publisher, before the model', async (t) => {
  const server = await startStandIn(t, well);
  const switchyard = await gatewayBefore(t, { server });
  const google = new GoogleGenAI({ vertexai: true, apiKey: 'x', httpOptions: { baseUrl: switchyard.url } });
  t.equal((await google.models.generateContent({ model: 'm', contents: 'hi' })).text, 'well');
  const path = '/v1/projects/p/locations/global/publishers/google/models/m:generateContent';
  t.equal((await switchyard.ask(path, { body: HI })).status, 200);
});

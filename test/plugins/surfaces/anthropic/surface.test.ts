/** What clients of Anthropic's API find at the gateway, whatever answers behind it. */
import Anthropic, { RateLimitError } from '@anthropic-ai/sdk';
import t from 'tap';
import { gatewayBefore, says, startStandIn } from '../../../servers/stand-in.ts';
import { startSwitchyard } from '../../../switchyard.ts';

const CLIENT = { 'anthropic-version': '2023-06-01' };
const count = { model: 'm', messages: [{ role: 'user' as const, content: 'hi' }] };

t.test('errors have its shape, its types and its request-id', async (t) => {
  const server = await startStandIn(t, {});
  const switchyard = await gatewayBefore(t, { server }, { server: { apiKeys: ['a-key-of-ours'] } });
  const key = { 'x-api-key': 'a-key-of-ours' };
  const body = { model: 'm', max_tokens: 5, messages: [] };
  for (const [path, headers, sent, status, type] of [
    ['/v1/messages', {}, body, 401, 'authentication_error'],
    ['/v1/messages', key, {}, 400, 'invalid_request_error'],
    ['/v1/messages?provider=nowhere', key, body, 404, 'not_found_error'],
    ['/v1/messages/count_tokens', key, { model: 5 }, 400, 'invalid_request_error'],
    ['/v1/models/none', { ...key, ...CLIENT }, undefined, 404, 'not_found_error'],
  ] as const) {
    const answer = await switchyard.ask(path, { headers, ...(sent && { body: sent }) });
    t.equal(answer.status, status, path);
    const id = String(answer.headers['request-id']);
    t.match(answer.json(), { type: 'error', error: { type, message: /./ }, request_id: id });
    t.match(id, /^req_/);
  }
  for (const [status, type] of [
    [402, 'billing_error'],
    [413, 'request_too_large'],
    [429, 'rate_limit_error'],
    [503, 'overloaded_error'],
    [500, 'api_error'],
  ] as const) {
    server.replies['POST /v1/messages'] = says(status, { detail: 'no' });
    const answer = await switchyard.ask('/v1/messages', { headers: key, body });
    t.match(answer.json(), { type: 'error', error: { type, message: /no/ } }, String(status));
  }
});

t.test('its SDK gets the errors as its own classes, and the id of the request', async (t) => {
  const server = await startStandIn(t, { 'POST /v1/messages': says(429, { error: 'slow down' }) });
  const switchyard = await gatewayBefore(t, { server });
  const client = new Anthropic({ baseURL: switchyard.url, apiKey: 'x', maxRetries: 0 });
  const error = await client.messages.create({ ...count, max_tokens: 5 }).catch((thrown: unknown) => thrown);
  t.ok(error instanceof RateLimitError);
  t.match(error, { status: 429, type: 'rate_limit_error', requestID: /^req_/ });
});

t.test('the list of models is recognised by the header that only its clients send', async (t) => {
  const server = await startStandIn(t, {
    'GET /v1/models': says(200, {
      data: [{ id: 'one', created: 1_700_000_000 }, { id: 'two/2' }, { id: 'three' }],
    }),
  });
  const providers = { server: { use: 'openai-compatible', baseUrl: `${server.url}/v1` } };
  const switchyard = await startSwitchyard(t, { providers });
  const client = new Anthropic({ baseURL: switchyard.url, apiKey: 'x' });
  const listed: string[] = [];
  for await (const { id } of client.models.list({ limit: 2 })) listed.push(id);
  t.strictSame(listed, ['one', 'two/2', 'three'], 'page by page');
  t.match(await client.models.retrieve('one'), {
    type: 'model',
    id: 'one',
    display_name: 'one',
    created_at: '2023-11-14T22:13:20.000Z',
  });
  t.match((await switchyard.ask('/v1/models/two/2', { headers: CLIENT })).json(), {
    type: 'model',
    id: 'two/2',
  });
  t.match((await switchyard.ask('/v1/models')).json(), {
    object: 'list',
    data: [{ id: 'one', object: 'model' }],
  });
});

t.test('tokens are counted by a provider that can, and estimated where none can', async (t) => {
  const server = await startStandIn(t, { 'POST /v1/messages/count_tokens': says(200, { input_tokens: 7 }) });
  const switchyard = await gatewayBefore(t, { server });
  const client = new Anthropic({ baseURL: switchyard.url, apiKey: 'x' });
  t.strictSame({ ...(await client.messages.countTokens(count)) }, { input_tokens: 7 });
  for (const status of [404, 500, 429]) {
    server.replies['POST /v1/messages/count_tokens'] = says(status, { error: { message: 'Not Found' } });
    const answer = await switchyard.ask('/v1/messages/count_tokens', { body: count });
    t.match(answer.json(), { input_tokens: Number, estimated: true }, String(status));
    t.equal(answer.headers['x-switchyard-estimated'], 'true');
    const trace = await switchyard.trace();
    t.match(trace, { ending: 'complete', status: 200, notes: [{ remark: /estimated/ }] });
    t.notOk(trace.error ?? trace.reason);
  }
  const source = { type: 'base64', media_type: 'image/png', data: 'A'.repeat(200_000) };
  const picture = { ...count, messages: [{ role: 'user', content: [{ type: 'image', source }] }] };
  const estimate = (await switchyard.ask('/v1/messages/count_tokens', { body: picture })).json();
  t.ok(estimate.input_tokens < 1_000, 'a picture is no text');
  server.replies['POST /v1/messages/count_tokens'] = says(400, { error: { message: 'no such block' } });
  const wrong = await switchyard.ask('/v1/messages/count_tokens', { body: count });
  t.match(wrong, { status: 400 }, 'a wrong request is no reason for an estimate');
  const chats = await startSwitchyard(t, {
    providers: { server: { use: 'openai-compatible', baseUrl: `${server.url}/v1`, surfaces: ['chat'] } },
  });
  t.match((await chats.ask('/v1/messages/count_tokens', { body: count })).json(), { estimated: true });
});

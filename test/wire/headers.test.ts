import t from 'tap';
import { headersDown, headersUp } from '../../wire/headers.ts';

t.test("the caller's own keys, cookies, origin and address stay here", (t) => {
  const kept = {
    'content-type': 'application/json',
    'user-agent': 'OpenAI/JS',
    'openai-organization': 'org',
    'openai-beta': 'assistants=v2',
    'idempotency-key': 'k',
    'x-stainless-lang': 'js',
    accept: 'text/event-stream',
  };
  const dropped = {
    authorization: 'Bearer secret',
    'x-api-key': 'secret',
    'api-key': 'secret',
    cookie: 'a=b',
    origin: 'https://example.com',
    referer: 'https://example.com/',
    host: 'localhost',
    'content-length': '7',
    'transfer-encoding': 'chunked',
    'accept-encoding': 'gzip, br',
    expect: '100-continue',
    forwarded: 'for=10.0.0.1',
    via: '1.1 proxy',
    'x-forwarded-for': '10.0.0.1',
    'x-real-ip': '10.0.0.1',
    'x-request-id': 'theirs',
    'x-switchyard-anything': 'x',
    'sec-fetch-mode': 'cors',
    'cf-connecting-ip': '10.0.0.1',
    'access-control-request-method': 'POST',
    'proxy-authorization': 'Basic x',
    te: 'trailers',
    upgrade: 'websocket',
  };
  t.strictSame(headersUp({ ...dropped, ...kept }), kept);
  t.end();
});

t.test('what Connection names goes no further, either way', (t) => {
  const headers = {
    connection: 'Keep-Alive, X-Named ,x-other',
    'x-named': '1',
    'x-other': '2',
    'x-end': '3',
  };
  t.strictSame(headersUp(headers), { 'x-end': '3' });
  t.strictSame(headersDown({ 'content-type': 'application/json', ...headers }), {
    'content-type': 'application/json',
    'x-end': '3',
  });
  for (const connection of ['close', 'keep-alive'])
    t.strictSame(headersUp({ connection, 'x-end': '3' }), { 'x-end': '3' });
  t.end();
});

t.test("an upstream's cookie, site and connection headers stay behind, those about the answer go on", (t) => {
  const kept = {
    'content-type': 'application/json',
    'x-request-id': 'theirs',
    'retry-after': '3',
    'x-ratelimit-remaining-tokens': '7',
    'openai-processing-ms': '12',
    'cache-control': 'no-cache',
    'x-many': ['a', 'b'],
  };
  const dropped = {
    'set-cookie': ['a=b'],
    date: 'now',
    server: 'nginx',
    via: '1.1 proxy',
    'alt-svc': 'h3',
    'strict-transport-security': 'max-age=1',
    'content-length': '7',
    'transfer-encoding': 'chunked',
    'keep-alive': 'timeout=5',
    trailer: 'x',
    upgrade: 'h2c',
    'access-control-allow-origin': '*',
    'x-switchyard-provider': 'a false one',
  };
  t.strictSame(headersDown({ ...dropped, ...kept }), kept);
  t.end();
});

t.test('an answer that a browser could take for our page gets a sandbox', (t) => {
  for (const type of ['text/html', 'image/svg+xml', undefined]) {
    t.match(headersDown({ 'content-type': type }), {
      'content-security-policy': 'sandbox',
      'x-content-type-options': 'nosniff',
    });
  }
  for (const type of ['application/json; charset=utf-8', 'text/event-stream', 'application/problem+json']) {
    t.strictSame(headersDown({ 'content-type': type }), { 'content-type': type });
  }
  t.end();
});

t.test('the input is not changed', (t) => {
  const headers = Object.freeze({ connection: 'x-a', 'x-a': '1', 'content-type': 'text/plain' });
  headersDown(headers);
  headersUp(headers);
  t.strictSame(Object.keys(headers), ['connection', 'x-a', 'content-type']);
  t.end();
});

import t from 'tap';
import { openLab } from '../../lab.ts';

const PAGE = 'http://localhost:5173';
const FOREIGN = 'https://evil.example';
const body = { model: 'm', messages: [] };

const preflight = (origin: string, more: Record<string, string> = {}) => ({
  method: 'OPTIONS' as const,
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type,x-stainless-lang',
    ...more,
  },
});

t.test('a page of this machine passes its preflight, and may call', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  for (const origin of [PAGE, 'http://127.0.0.1:3000', 'http://[::1]:8080', 'https://app.localhost']) {
    for (const path of [
      '/v1/chat/completions',
      '/v1/models',
      '/v1/files',
      '/chat/completions',
      '/requests',
    ]) {
      const asked = await switchyard.ask(path, preflight(origin));
      t.equal(asked.status, 204, `${origin} ${path}`);
      t.match(asked.headers, {
        'access-control-allow-origin': origin,
        'access-control-allow-headers': 'authorization,content-type,x-stainless-lang',
        'access-control-allow-methods': /GET, POST,.*DELETE/,
        'access-control-max-age': /^\d+$/,
        vary: /origin/i,
      });
    }
    const called = await switchyard.ask('/v1/chat/completions', { body, headers: { origin } });
    t.match(called, { status: 200, headers: { 'access-control-allow-origin': origin, vary: /origin/i } });
  }
  t.equal(upstream.posts.length, 4, 'a preflight alone reaches no upstream');
  for (const { headers } of upstream.posts)
    t.notOk('origin' in headers, 'the page is no business of the upstream');
});

t.test('every kind of answer can be read by the page', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  const headers = { origin: PAGE };
  const readable = {
    'access-control-allow-origin': PAGE,
    'access-control-expose-headers': /x-request-id.*x-switchyard-provider/,
  };
  t.match((await switchyard.chat({}, { headers })).headers, readable, 'JSON');
  t.match((await switchyard.chat({ stream: true }, { headers })).headers, readable, 'a stream');
  t.match((await switchyard.ask('/v1/models', { headers })).headers, readable, 'the list of models');
  t.match((await switchyard.ask('/v1/files', { headers })).headers, readable, 'passed through');
  t.match((await switchyard.ask('/v1/chat/completions', { headers, body: '{' })).headers, readable, '400');
  t.match((await switchyard.ask('/nope', { headers })).headers, readable, '404');
  t.match((await switchyard.ask('/v1/chat/completions', { headers })).headers, readable, '405');
  upstream.behave('status', { code: 429, headers: { 'access-control-allow-origin': 'https://theirs' } });
  t.match((await switchyard.chat({}, { headers })).headers, readable, "an upstream's no");
  upstream.behave('cut-before-content');
  t.match((await switchyard.chat({}, { headers })).headers, readable, '502');
  upstream.behaveWhen(({ path }) => path.includes('files'), 'status', {
    code: 200,
    body: {},
    headers: { 'access-control-allow-origin': '*' },
  });
  t.match(
    (await switchyard.ask('/v1/files', { headers })).headers,
    readable,
    "not the upstream's own permission",
  );
});

t.test('a foreign page gets a 403 with the remedy, before anything is done', async (t) => {
  const { switchyard, upstream, asked } = await openLab(t);
  for (const origin of [
    FOREIGN,
    'null',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'file://',
    'x',
  ]) {
    for (const [path, options] of [
      ['/v1/chat/completions', { body, headers: { origin } }],
      ['/v1/chat/completions', preflight(origin)],
      ['/v1/models', { headers: { origin } }],
      ['/v1/files', { headers: { origin } }],
      ['/requests', { headers: { origin } }],
    ] as const) {
      const { status, json, headers } = await switchyard.ask(path, options);
      t.equal(status, 403, `${origin} ${path}`);
      t.match(json().error, {
        code: 'forbidden_origin',
        type: 'permission_error',
        param: null,
        message: /server\.origins/,
      });
      t.ok(json().error.message.includes(`'${origin}'`));
      t.notOk('access-control-allow-origin' in headers);
    }
  }
  t.strictSame(asked(), []);
  t.equal(upstream.posts.length, 0);
});

t.test('a foreign name that resolves to this machine is refused', async (t) => {
  const { switchyard } = await openLab(t, { config: { server: { hosts: ['ai.example.com'] } } });
  for (const host of [
    'rebound.example',
    'rebound.example:7999',
    'localhost.rebound.example',
    '10.0.0.1',
    '',
  ]) {
    const { status, json } = await switchyard.ask('/v1/models', { headers: { host } });
    t.equal(status, 403, host);
    t.match(json().error, { code: 'forbidden_host', message: /server\.hosts/ });
  }
  for (const host of [
    'localhost',
    'LOCALHOST:1',
    '127.0.0.1:7999',
    '[::1]:7999',
    '127.1.2.3',
    'ai.example.com',
    'AI.example.com:443',
  ]) {
    t.equal((await switchyard.ask('/v1/models', { headers: { host } })).status, 200, host);
  }
});

t.test('server.origins admits the listed origins', async (t) => {
  const { switchyard } = await openLab(t, { config: { server: { origins: ['https://app.example.com'] } } });
  const named = await switchyard.ask('/v1/chat/completions', {
    body,
    headers: { origin: 'https://app.example.com' },
  });
  t.match(named, { status: 200, headers: { 'access-control-allow-origin': 'https://app.example.com' } });
  t.equal((await switchyard.ask('/v1/models', preflight('https://app.example.com'))).status, 204);
  for (const origin of [
    FOREIGN,
    'http://app.example.com',
    'https://app.example.com.evil.example',
    'https://app.example.com:8443',
  ]) {
    t.equal((await switchyard.ask('/v1/models', { headers: { origin } })).status, 403, origin);
  }
  t.equal(
    (await switchyard.ask('/v1/models', { headers: { origin: PAGE } })).status,
    200,
    'and this machine still',
  );

  const open = await openLab(t, { config: { server: { origins: ['*'] } } });
  const any = await open.switchyard.ask('/v1/models', { headers: { origin: FOREIGN } });
  t.match(any, { status: 200, headers: { 'access-control-allow-origin': FOREIGN } });
});

t.test('with keys any page with a key may call', async (t) => {
  const { switchyard } = await openLab(t, { config: { server: { apiKeys: ['gateway-key'] } } });
  t.equal(
    (await switchyard.ask('/v1/models', preflight(FOREIGN))).status,
    204,
    'a browser asks without a key',
  );
  const keyed = { origin: FOREIGN, authorization: 'Bearer gateway-key' };
  const called = await switchyard.ask('/v1/chat/completions', { body, headers: keyed });
  t.match(called, { status: 200, headers: { 'access-control-allow-origin': FOREIGN } });
  const without = await switchyard.ask('/v1/chat/completions', { body, headers: { origin: FOREIGN } });
  t.equal(without.status, 401);
  t.match(without.headers, { 'access-control-allow-origin': FOREIGN }, 'the page can read why');
  t.match(without.json().error, { code: 'missing_api_key', type: 'authentication_error' });
  const wrong = await switchyard.ask('/v1/models', {
    headers: { origin: FOREIGN, 'x-api-key': 'another-key' },
  });
  t.match({ status: wrong.status, code: wrong.json().error.code }, { status: 401, code: 'wrong_api_key' });
  for (const headers of [
    { 'x-api-key': 'gateway-key' },
    { 'api-key': 'gateway-key' },
    { authorization: 'bearer gateway-key' },
  ]) {
    t.equal((await switchyard.ask('/v1/models', { headers })).status, 200, Object.keys(headers).join());
  }

  const both = await openLab(t, {
    config: { server: { apiKeys: ['gateway-key'], origins: ['https://app.example.com'] } },
  });
  const other = await both.switchyard.ask('/v1/models', { headers: keyed });
  t.equal(other.status, 403, 'unless pages are named too');
});

t.test('a browser that asks for the private network gets its answer', async (t) => {
  const { switchyard } = await openLab(t);
  const asked = await switchyard.ask(
    '/v1/models',
    preflight(PAGE, { 'access-control-request-private-network': 'true' }),
  );
  t.match(asked.headers, { 'access-control-allow-private-network': 'true' });
});

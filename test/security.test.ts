import { join } from 'node:path';
import t from 'tap';
import Fastify from 'fastify';
import { PluginRegistry } from '../config/plugins/registry.ts';
import { checkConfig } from '../config/check.ts';
import { openGateway as build, root } from '../gateway.ts';
import { openLab, overSocket } from './lab.ts';
import { testFolder } from './test-folder.ts';

const KEY = 'gateway-key-one';
const OTHER = 'gateway-key-two';
const CHAT = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });

/** every kind of path there is, and some that are none */
const PATHS = [
  ['GET', '/v1/models'],
  ['GET', '/v1/models/m'],
  ['GET', '/models'],
  ['POST', '/v1/chat/completions'],
  ['POST', '/chat/completions'],
  ['POST', '/openai/deployments/m/chat/completions'],
  ['PUT', '/v1/chat/completions'],
  ['GET', '/requests'],
  ['GET', '/requests/none'],
  ['GET', '/v1/files'],
  ['DELETE', '/v1/files/file-1'],
  ['GET', '/v1/'],
  ['POST', '/'],
  ['GET', '/events'],
  ['GET', '/config'],
  ['GET', '/nothing/here'],
  ['POST', '/nothing/here'],
  ['GET', '/health'],
  ['GET', '/metrics'],
] as const;

/** One request by a Host that a client's library would not send. */
async function asHost(url: string, line: string, host: string, headers: readonly string[] = []) {
  const body = line.startsWith('POST') ? [`content-length: ${CHAT.length}`, '', CHAT] : ['', ''];
  const answer = await overSocket(
    url,
    [
      `${line} HTTP/1.1`,
      `host: ${host}`,
      'content-type: application/json',
      'connection: close',
      ...headers,
      ...body,
    ].join('\r\n'),
  );
  const [head = '', text = ''] = answer.split(/\r\n\r\n([^]*)/);
  return { status: Number(head.split(' ')[1]), text };
}

t.test('listening where others can reach it without a key is refused, with the remedy', async (t) => {
  const registry = await PluginRegistry.read(root);
  const check = (server: Record<string, unknown>) =>
    checkConfig({ value: { server }, env: {}, registry, folder: t.testdirName });
  const refusal = {
    code: 'config_invalid',
    message: /server\.host: .*no key is asked for; allowed: 127\.0\.0\.1.* or set server\.apiKeys/,
  };
  for (const host of ['0.0.0.0', '::', '192.168.1.4', 'example.com', '127.1', '0', 'localhost.example.com']) {
    await t.rejects(check({ host }), refusal, host);
    await t.resolves(check({ host, apiKeys: [KEY] }), `${host} with a key`);
  }
  for (const host of ['127.0.0.1', '127.8.9.10', '::1', '[::1]', 'localhost', 'LOCALHOST'])
    await t.resolves(check({ host }), host);
  await t.rejects(check({ host: '0.0.0.0', apiKeys: [] }), refusal, 'an empty list holds no key');
  await t.rejects(
    check({ apiKeys: ['short'] }),
    { code: 'config_invalid' },
    'nor is one that can be guessed a key',
  );
});

t.test('with keys every path but the dashboard’s files requires one, unknown paths too', async (t) => {
  const { switchyard, upstream } = await openLab(t, { config: { server: { apiKeys: [KEY, OTHER] } } });
  for (const [method, path] of PATHS) {
    const none = await switchyard.ask(path, { method });
    t.equal(none.status, 401, `${method} ${path}`);
    t.match(none.json(), {
      error: { code: 'missing_api_key', type: 'authentication_error', message: /Authorization: Bearer/ },
    });
    const wrong = await switchyard.ask(path, {
      method,
      headers: { authorization: 'Bearer gateway-key-three' },
    });
    t.equal(wrong.status, 401, `${method} ${path} with a wrong key`);
    t.match(wrong.json(), { error: { code: 'wrong_api_key' } });
    t.notMatch(wrong.text, 'gateway-key', 'no key is said, neither theirs nor ours');
  }
  t.equal(
    upstream.requests.filter(({ path }) => path !== '/v1/models').length,
    0,
    'no upstream got a request',
  );
});

t.test('each of the keys opens, in each of the three headers', async (t) => {
  const { switchyard } = await openLab(t, { config: { server: { apiKeys: [KEY, OTHER] } } });
  const good = [
    { authorization: `Bearer ${KEY}` },
    { authorization: `bearer ${OTHER}` },
    { authorization: `Bearer  ${OTHER}` },
    { 'x-api-key': KEY },
    { 'api-key': OTHER },
    { authorization: 'Basic abc', 'x-api-key': KEY },
  ];
  for (const headers of good)
    t.equal(
      (await switchyard.chat({}, { headers: headers as Record<string, string> })).status,
      200,
      JSON.stringify(headers),
    );
  const bad = [
    { authorization: KEY },
    { authorization: `Basic ${KEY}` },
    { authorization: `Bearer ${KEY}x` },
    { authorization: `Bearer ${KEY.slice(1)}` },
    { authorization: `Bearer ${KEY} ${OTHER}` },
    { authorization: `Bearer ${KEY.toUpperCase()}` },
    { authorization: 'Bearer ' },
    { 'x-api-key': '' },
    { 'x-api-key': `${KEY}, ${OTHER}` },
    { authorization: 'Bearer wrong', 'x-api-key': KEY },
    { cookie: `key=${KEY}` },
  ];
  for (const headers of bad)
    t.equal(
      (await switchyard.chat({}, { headers: headers as Record<string, string> })).status,
      401,
      JSON.stringify(headers),
    );
  t.equal(
    (await switchyard.ask(`/v1/models?api_key=${KEY}&key=${KEY}`)).status,
    401,
    'a URL is no place for a key',
  );
});

t.test('a preflight needs no key, and reveals nothing else', async (t) => {
  const { switchyard, upstream } = await openLab(t, { config: { server: { apiKeys: [KEY] } } });
  const headers = {
    origin: 'https://app.example.com',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization, content-type',
  };
  for (const path of ['/v1/chat/completions', '/v1/files', '/requests', '/nothing']) {
    const { status, text, headers: answered } = await switchyard.ask(path, { method: 'OPTIONS', headers });
    t.equal(status, 204, path);
    t.equal(text, '');
    t.equal(answered['access-control-allow-origin'], 'https://app.example.com');
    t.match(answered['access-control-allow-methods'], 'POST');
    t.equal(answered['access-control-allow-headers'], 'authorization, content-type');
    t.notOk(answered['access-control-allow-credentials']);
  }
  const refused = await switchyard.ask('/v1/models', { headers: { origin: 'https://app.example.com' } });
  t.equal(refused.status, 401);
  t.equal(
    refused.headers['access-control-allow-origin'],
    'https://app.example.com',
    'a page can read why it was refused',
  );
  t.equal(upstream.posts.length, 0);
});

t.test('a foreign name that resolves to this machine gets no answer', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  for (const host of [
    'evil.example.com',
    'evil.example.com:7999',
    '127.0.0.1.evil.example.com',
    'localhost.evil.example.com',
    '0.0.0.0',
    '0x7f.1',
    '[::ffff:1.2.3.4]',
    'localhost@evil.example.com',
    '',
  ]) {
    for (const [method, path] of PATHS) {
      const { status, text } = await asHost(switchyard.url, `${method} ${path}`, host);
      t.equal(status, 403, `${method} ${path} for '${host}'`);
      t.match(JSON.parse(text), { error: { code: 'forbidden_host', message: /server\.hosts/ } });
    }
  }
  for (const host of [
    '127.0.0.1',
    '127.0.0.1:7999',
    '127.200.0.1',
    'localhost:1',
    'LocalHost',
    '[::1]:7999',
    'app.localhost',
  ]) {
    t.equal((await asHost(switchyard.url, 'POST /v1/chat/completions', host)).status, 200, host);
  }
  t.equal(upstream.posts.length, 7);
});

t.test('names of server.hosts get an answer, and with keys any name does', async (t) => {
  const { switchyard } = await openLab(t, {
    config: { server: { hosts: ['ai.example.com', 'other.example.com:8443'] } },
  });
  const asked = async (url: string, host: string, headers: string[] = []) =>
    (await asHost(url, 'GET /v1/models', host, headers)).status;
  t.equal(await asked(switchyard.url, 'AI.example.com'), 200);
  t.equal(await asked(switchyard.url, 'ai.example.com:8080'), 200);
  t.equal(await asked(switchyard.url, 'other.example.com:8443'), 200);
  t.equal(await asked(switchyard.url, 'other.example.com:1'), 403);
  t.equal(await asked(switchyard.url, 'example.com'), 403);
  const { switchyard: locked } = await openLab(t, { config: { server: { apiKeys: [KEY] } } });
  t.equal(await asked(locked.url, 'any.example.com', [`x-api-key: ${KEY}`]), 200);
});

t.test('a foreign page is refused, also where its browser sends no preflight', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  const foreign = [
    'https://evil.example.com',
    'http://127.0.0.1.evil.example.com',
    'http://localhost.evil.example.com',
    'null',
    'file://',
    'http://192.168.1.4:7999',
    'nonsense',
  ];
  for (const origin of foreign) {
    for (const [method, path] of PATHS) {
      const refused = await switchyard.ask(path, { method, headers: { origin } });
      t.equal(refused.status, 403, `${method} ${path} from '${origin}'`);
      t.match(refused.json(), { error: { code: 'forbidden_origin', message: /server\.origins/ } });
      t.notOk(refused.headers['access-control-allow-origin'], 'and may not read even that');
    }
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json',
    ]) {
      const simple = await switchyard.ask('/v1/chat/completions', {
        body: CHAT,
        headers: { origin, 'content-type': type },
      });
      t.equal(simple.status, 403, `${type} from '${origin}'`);
    }
    t.equal(
      (await switchyard.ask('/v1/chat/completions', { method: 'OPTIONS', headers: { origin } })).status,
      403,
    );
  }
  t.equal(upstream.posts.length, 0);
  for (const origin of [
    'http://localhost:3000',
    'http://127.0.0.1:5173',
    'https://[::1]:1',
    switchyard.url,
  ]) {
    const allowed = await switchyard.chat({}, { headers: { origin } });
    t.equal(allowed.status, 200, origin);
    t.equal(allowed.headers['access-control-allow-origin'], origin);
    t.match(allowed.headers['vary'], /origin/i);
  }
});

t.test('pages of server.origins are admitted and no others, with keys too', async (t) => {
  const allowed = 'https://app.example.com';
  const { switchyard } = await openLab(t, { config: { server: { origins: [allowed] } } });
  t.equal(
    (await switchyard.chat({}, { headers: { origin: allowed } })).headers['access-control-allow-origin'],
    allowed,
  );
  t.equal(
    (await switchyard.chat({}, { headers: { origin: 'https://app.example.com.evil.com' } })).status,
    403,
  );
  t.equal((await switchyard.chat({}, { headers: { origin: 'http://app.example.com' } })).status, 403);
  const { switchyard: open } = await openLab(t, { config: { server: { origins: ['*'] } } });
  t.equal((await open.chat({}, { headers: { origin: 'https://any.example.com' } })).status, 200);
  const { switchyard: locked } = await openLab(t, {
    config: { server: { apiKeys: [KEY], origins: [allowed] } },
  });
  const headers = { authorization: `Bearer ${KEY}` };
  t.equal((await locked.chat({}, { headers: { ...headers, origin: allowed } })).status, 200);
  t.equal(
    (await locked.chat({}, { headers: { ...headers, origin: 'https://evil.example.com' } })).status,
    403,
  );
});

t.test('a private network preflight is allowed to admitted pages', async (t) => {
  const { switchyard } = await openLab(t);
  const headers = {
    origin: 'http://localhost:3000',
    'access-control-request-method': 'POST',
    'access-control-request-private-network': 'true',
  };
  const answer = await switchyard.ask('/v1/chat/completions', { method: 'OPTIONS', headers });
  t.equal(answer.status, 204);
  t.equal(answer.headers['access-control-allow-private-network'], 'true');
});

t.test('no feature adds a path without a key, whatever its name and however it registers', async (t) => {
  const ours = (path: string) => t.fixture('symlink', join(root, path));
  const folder = testFolder(t, {
    plugins: {
      'aaa.ts': `export default { name: 'aaa', options: { type: 'object' }, create(_, { app }) {
        app.get('/aaa', () => 'in');
        app.register(async (inner) => void inner.get('/aaa/inner', () => 'in'));
      } };`,
      'auth.ts': ours('plugins/auth.ts'),
      'guard.ts': ours('plugins/guard.ts'),
      strategies: ours('plugins/strategies'),
    },
  });
  const registry = await PluginRegistry.read(folder);
  const open = async (server: Record<string, unknown>) => {
    const loaded = await checkConfig({ value: { discover: false, server }, env: {}, registry, folder });
    const app = Fastify();
    t.teardown(() => app.close());
    app.register(async (instance) => void (await build(instance, { loaded, registry })));
    return app;
  };
  const locked = await open({ apiKeys: [KEY] });
  const unlocked = await open({});
  for (const url of ['/aaa', '/aaa/inner']) {
    t.equal((await locked.inject({ url })).statusCode, 401, url);
    t.equal((await locked.inject({ url, headers: { 'x-api-key': KEY } })).statusCode, 200, url);
    t.equal((await unlocked.inject({ url, headers: { host: 'evil.example.com' } })).statusCode, 403, url);
    t.equal(
      (await unlocked.inject({ url, headers: { host: 'localhost', origin: 'https://evil.example.com' } }))
        .statusCode,
      403,
      url,
    );
    t.equal((await unlocked.inject({ url, headers: { host: 'localhost' } })).statusCode, 200, url);
  }
});

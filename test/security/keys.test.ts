import { join } from 'node:path';
import t from 'tap';
import Fastify from 'fastify';
import { PluginRegistry } from '../../config/plugins/registry.ts';
import { checkConfig } from '../../config/check.ts';
import { openGateway as build, root } from '../../gateway.ts';
import { openLab } from '../lab.ts';
import { testFolder } from '../test-folder.ts';
import { KEY, PATHS } from './requests.ts';

const OTHER = 'gateway-key-two';

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
  for (const path of [`/v1/models?api_key=${KEY}`, `/v1/files?key=${KEY}`, `/providers?key=${KEY}`])
    t.equal((await switchyard.ask(path)).status, 401, `a URL is no place for a key: ${path}`);
  const google = await switchyard.ask(`/v1/models?key=${KEY}`);
  t.ok(google.json().models, "but for clients of Google's API, where it has the path");
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

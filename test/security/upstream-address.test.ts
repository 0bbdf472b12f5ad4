import t from 'tap';
import { startSwitchyard, type Answer, type Switchyard } from '../switchyard.ts';
import { oneRequest } from '../lab.ts';
import { CHAT, start } from './asked-upstream.ts';

t.test('an upstream with an untrusted certificate gets neither a request nor a key', async (t) => {
  const upstream = await start({ tls: true });
  const providers = {
    lab: { use: 'openai-compatible', baseUrl: upstream.url, apiKey: 'upstream-secret-key' },
  };
  const ways: [string, (switchyard: Switchyard) => Promise<Answer>][] = [
    ['a model path', (switchyard) => switchyard.chat()],
    ['a stream', (switchyard) => switchyard.chat({ stream: true })],
    ['passed through', (switchyard) => switchyard.ask('/v1/files')],
    ['passed through with a body', (switchyard) => switchyard.ask('/v1/files', { body: CHAT })],
  ];
  for (const [way, ask] of ways) {
    const switchyard = await startSwitchyard(t, { providers, retry: { attempts: 1 } });
    const { status, text, json } = await ask(switchyard);
    t.equal(status, 502, way);
    t.match(
      json(),
      {
        error: {
          code: 'upstream_refused',
          message: new RegExp(
            `^lab .*${new URL(upstream.url).host}.*certificate is not trusted.*NODE_EXTRA_CA_CERTS`,
          ),
        },
      },
      way,
    );
    t.notMatch(text, 'upstream-secret-key', way);
    const again = await ask(switchyard);
    t.match(again.json(), { error: { message: /certificate is not trusted/ } }, `${way}, once it is out`);
  }
  t.ok(upstream.connections.accepted > 0, 'it was tried');
  t.equal(upstream.requests.length, 0, 'and nothing was said');
});

t.test("a path cannot leave a provider's base path", async (t) => {
  const upstream = await start({ prefix: '/team/v1' });
  const switchyard = await startSwitchyard(t, {
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, apiKey: 'upstream-key' } },
  });
  const tricks = [
    '/v1/../admin',
    '/v1/files/../../../admin',
    '/v1/files/..',
    '/v1/%2e%2e/%2e%2e/admin',
    '/v1/.%2e/admin',
    '/v1/files/%2E%2E%2F%2E%2E/admin',
    '/v1/..%2fadmin',
    '/v1/..\\..\\admin',
    '/v1/files/..%5c..%5cadmin',
    '/v1/./../admin',
    '/v1/files/%2e%2e/%2e%2e/%2e%2e/admin',
    '/v1/%252e%252e/%252e%252e/admin',
  ];
  for (const trick of tricks) {
    const { status, text } = await oneRequest(switchyard.url, `GET ${trick}`);
    t.ok(status >= 400 && status < 500, `${trick}: ${status}`);
    t.match(JSON.parse(text), { error: { message: String, code: String } });
  }
  const hosts = [
    '/v1//evil.example.com/x',
    '/v1///evil.example.com',
    '/v1/@evil.example.com/',
    '/v1/http://evil.example.com/',
    '/v1/\\\\evil.example.com/x',
  ];
  for (const trick of hosts) await oneRequest(switchyard.url, `GET ${trick}`);
  for (const { path, headers } of upstream.requests) {
    t.match(path, /^\/team\/v1\//, path);
    t.equal(headers.host, new URL(upstream.url).host);
  }
});

t.test('a base without a path does not make the rest of the URL a host', async (t) => {
  const upstream = await start({ prefix: '' });
  const switchyard = await startSwitchyard(t, {
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream.origin, apiKey: 'upstream-key' } },
  });
  for (const trick of [
    '/v1//evil.example.com/x',
    '/v1/\\evil.example.com/x',
    '/v1/@evil.example.com',
    '/v1/:80@evil.example.com/',
  ]) {
    const { status } = await oneRequest(switchyard.url, `GET ${trick}`);
    t.ok(status >= 400 && status < 500, `${trick}: ${status}`);
  }
  for (const { headers } of upstream.requests) t.equal(headers.host, new URL(upstream.url).host);
});

t.test('a path whose body names a model does not lead out of the base either', async (t) => {
  const upstream = await start({ prefix: '/team/v1' });
  const switchyard = await startSwitchyard(t, {
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, apiKey: 'k', models: { m: 'm' } } },
  });
  for (const path of ['/v1/../x', '/v1/%2e%2e/x', '/v1/a/..%2f..%2fx', '/v1/..%5cx', '/v1/files/..']) {
    const { status } = await oneRequest(
      switchyard.url,
      `POST ${path}`,
      ['content-type: application/json'],
      CHAT,
    );
    t.equal(status, 400, path);
  }
  t.equal(upstream.requests.length, 0);
});

t.test('nor does the name of a model that stands in the path', async (t) => {
  const upstream = await start({ prefix: '/team/v1' });
  const entry = { baseUrl: upstream.url, apiKey: 'k' };
  const switchyard = await startSwitchyard(t, {
    unknownModels: 'route',
    providers: {
      gemini: entry,
      bedrock: { ...entry, region: 'eu-west-1' },
    },
  });
  for (const [provider, model] of [
    ['gemini', '../../x'],
    ['gemini', 'models/../../../x'],
    ['bedrock', '..'],
  ] as const) {
    const answer = await switchyard.ask(`/v1/chat/completions?provider=${provider}`, {
      body: { ...(JSON.parse(CHAT) as object), model },
    });
    t.equal(answer.status, 400, model);
    t.match(answer.json(), { error: { message: /leads out/ } });
  }
  t.strictSame(
    upstream.requests.filter(({ method }) => method === 'POST'),
    [],
  );
});

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

import t from 'tap';
import { PluginRegistry } from '../config/plugins/registry.ts';
import type { Call, Host, Target } from '../core/contracts/index.ts';
import { root } from '../gateway.ts';
import { startSwitchyard, type Answer, type Switchyard } from './switchyard.ts';
import { oneRequest, openLab } from './lab.ts';
import { startUpstream, type Upstream, type UpstreamOptions } from './upstream/upstream.ts';

const HOUSE_KEY = 'gateway-key-one';
const CHAT = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });
/** every header that may identify a client */
const CALLERS_OWN = {
  authorization: 'Bearer callers-secret-1',
  'x-api-key': 'callers-secret-2',
  'api-key': 'callers-secret-3',
  cookie: 'session=callers-secret-4',
  'proxy-authorization': 'Basic callers-secret-5',
  'x-goog-api-key': 'callers-secret-6',
};

async function start(options: UpstreamOptions = {}): Promise<Upstream> {
  const upstream = await startUpstream({ interval: 0, ...options });
  t.teardown(() => upstream.close());
  return upstream;
}

/** What went up with requests other than the gateway's own looks for models. */
function sent(upstream: Upstream): string {
  return upstream.requests
    .filter(({ path }) => path !== '/v1/models')
    .map(({ rawHeaders, path, body }) => `${path} ${rawHeaders.join(' ')} ${body}`)
    .join('\n');
}

t.test("a caller's keys and cookies do not go to a provider that has a key, on no path", async (t) => {
  const { switchyard, upstream } = await openLab(t);
  const headers = { ...CALLERS_OWN };
  t.equal((await switchyard.chat({}, { headers })).status, 200);
  t.equal((await switchyard.chat({ stream: true }, { headers })).status, 200);
  t.equal(
    (await switchyard.ask('/v1/embeddings', { body: { model: 'm', input: 'x' }, headers })).status,
    200,
  );
  t.equal((await switchyard.ask('/v1/files', { headers })).status, 200);
  t.equal(
    upstream.requests.filter(({ headers: { authorization } }) => authorization === 'Bearer upstream-key')
      .length,
    upstream.requests.length,
  );
  t.notMatch(sent(upstream), 'callers-secret');
});

t.test("a key in a provider's headers is its own key too, however it is spelled", async (t) => {
  for (const [name, value] of [
    ['Authorization', 'Bearer own-key'],
    ['authorization', 'Bearer own-key'],
    ['api-key', 'own-key'],
    ['X-Api-Key', 'own-key'],
    ['X-Goog-Api-Key', 'own-key'],
  ] as const) {
    const upstream = await start();
    const switchyard = await startSwitchyard(t, {
      providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, headers: { [name]: value } } },
    });
    t.equal((await switchyard.chat({}, { headers: CALLERS_OWN })).status, 200);
    t.equal((await switchyard.ask('/v1/files', { headers: CALLERS_OWN })).status, 200);
    t.notMatch(sent(upstream), 'callers-secret', name);
    const [request] = upstream.posts;
    t.equal(request?.headers[name.toLowerCase()], value);
    t.equal(
      request?.rawHeaders.filter((one) => one.toLowerCase() === name.toLowerCase()).length,
      1,
      `${name} goes up once`,
    );
  }
});

t.test("a provider's own headers cannot be set by a caller, however they are spelled", async (t) => {
  const { switchyard, upstream } = await openLab(t, {
    provider: { headers: { 'X-Team': 'ours', 'user-agent': 'gateway' } },
  });
  await switchyard.chat({}, { headers: { 'x-team': 'theirs', 'user-agent': 'theirs' } });
  await switchyard.ask('/v1/files', { headers: { 'x-team': 'theirs', 'user-agent': 'theirs' } });
  for (const { rawHeaders } of upstream.requests) {
    const pairs = rawHeaders
      .map((name, at) => `${name.toLowerCase()}: ${rawHeaders[at + 1]}`)
      .filter((_, at) => at % 2 === 0);
    t.same(pairs.filter((pair) => /^(x-team|user-agent):/.test(pair)).sort(), [
      'user-agent: gateway',
      'x-team: ours',
    ]);
  }
});

t.test(
  "a provider without a key gets the client's Authorization, and no other header of its credentials",
  async (t) => {
    const upstream = await start();
    const switchyard = await startSwitchyard(t, {
      providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url } },
    });
    await switchyard.chat({}, { headers: CALLERS_OWN });
    await switchyard.ask('/v1/files', { headers: CALLERS_OWN });
    for (const { headers } of upstream.requests.filter(({ path }) => path !== '/v1/models'))
      t.equal(headers.authorization, 'Bearer callers-secret-1');
    t.notMatch(sent(upstream), /callers-secret-[^1]/);
  },
);

t.test('a program that was found on this machine needs no key, and gets none', async (t) => {
  const registry = await PluginRegistry.read(root);
  const call = {
    headers: { authorization: 'Bearer callers-own' },
    raw: Buffer.alloc(0),
    forwardAuthorization: true,
    path: '/chat/completions',
  } as unknown as Call;
  const sentTo = (plugin: string, options: Record<string, unknown> = {}) =>
    registry
      .get('provider', plugin)
      ?.create({ name: plugin, ...options }, { env: {} } as unknown as Host)
      .request(call, { model: 'm' } as Target).headers;
  for (const found of ['ollama', 'lmstudio', 'llamacpp', 'vllm', 'embedded'])
    t.not(sentTo(found)?.authorization, 'Bearer callers-own', found);
  t.equal(sentTo('openai')?.authorization, 'Bearer callers-own', 'a vendor without a key does');
  t.equal(
    sentTo('vllm', { baseUrl: 'https://vllm.example.com/v1' })?.authorization,
    'Bearer callers-own',
    'and so does what the config names',
  );
});

t.test("a gateway with keys passes no Authorization on: it is the gateway's key", async (t) => {
  const upstream = await start();
  const switchyard = await startSwitchyard(t, {
    server: { apiKeys: [HOUSE_KEY] },
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url } },
  });
  const ways: Record<string, string>[] = [
    { authorization: `Bearer ${HOUSE_KEY}` },
    { 'x-api-key': HOUSE_KEY },
    { 'api-key': HOUSE_KEY, authorization: 'Basic aG91c2Uta2V5LW9uZQ==' },
  ];
  for (const headers of ways) {
    t.equal((await switchyard.chat({}, { headers })).status, 200);
    t.equal((await switchyard.ask('/v1/files', { headers })).status, 200);
  }
  for (const { headers } of upstream.requests) t.equal(headers.authorization, undefined);
  t.notMatch(sent(upstream), HOUSE_KEY);
});

t.test('an empty key is no key', async (t) => {
  const upstream = await start();
  const providers = { lab: { use: 'openai-compatible', baseUrl: upstream.url, apiKey: '$LAB_KEY' } };
  const switchyard = await startSwitchyard(t, { providers }, { env: { LAB_KEY: '' } });
  await switchyard.chat({}, { headers: { authorization: 'Bearer callers-own' } });
  t.equal(upstream.posts[0]?.headers.authorization, 'Bearer callers-own');
});

t.test('headers of the connection and those that it names do not go up', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  const headers = [
    'connection: close, X-Named, x-also-named',
    'x-named: 1',
    'X-Also-Named: 1',
    'keep-alive: timeout=9',
    'te: trailers',
    'trailer: x',
    'upgrade: h2c',
    'proxy-connection: keep-alive',
    'http2-settings: x',
    'forwarded: for=1.2.3.4',
    'x-forwarded-for: 1.2.3.4',
    'x-real-ip: 1.2.3.4',
    'origin: http://localhost:1',
    'referer: http://localhost:1/page',
    'sec-fetch-site: cross-site',
    'x-end-to-end: yes',
    'content-type: application/json',
  ];
  t.equal((await oneRequest(switchyard.url, 'POST /v1/chat/completions', headers, CHAT)).status, 200);
  t.equal((await oneRequest(switchyard.url, 'GET /v1/files', headers)).status, 200);
  const theirs = upstream.requests.filter(({ path }) => path !== '/v1/models');
  t.equal(theirs.length, 2);
  for (const { headers: up, path } of theirs) {
    t.equal(up['x-end-to-end'], 'yes', path);
    t.equal(up.host, new URL(upstream.url).host, path);
    const named = [
      'x-named',
      'x-also-named',
      'keep-alive',
      'te',
      'trailer',
      'upgrade',
      'proxy-connection',
      'http2-settings',
      'forwarded',
      'x-forwarded-for',
      'x-real-ip',
      'origin',
      'referer',
      'sec-fetch-site',
    ];
    t.same(
      named.filter((name) => up[name] !== undefined),
      [],
      path,
    );
  }
});

t.test('headers of the connection and those that it names do not come down', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  upstream.behave('hop-by-hop');
  upstream.behaveWhen(({ path }) => path === '/v1/files', 'hop-by-hop');
  const answers = [
    await switchyard.chat(),
    await switchyard.chat({ stream: true }),
    await switchyard.ask('/v1/files'),
  ];
  for (const { status, headers } of answers) {
    t.equal(status, 200);
    t.ok(headers['x-end-to-end']);
    t.same(
      ['x-hop-named', 'proxy-authenticate', 'proxy-connection', 'te', 'trailer', 'upgrade'].filter(
        (name) => headers[name] !== undefined,
      ),
      [],
    );
    t.notMatch(headers['connection'] ?? '', 'x-hop-named');
  }
});

t.test("an upstream's cookies, CORS headers and marks of its site do not come down", async (t) => {
  const { switchyard, upstream } = await openLab(t);
  const headers = {
    'set-cookie': ['a=1; Path=/', 'b=2'],
    'access-control-allow-origin': '*',
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'x',
    'strict-transport-security': 'max-age=1',
    'alt-svc': 'h3=":443"',
    server: 'theirs',
    via: '1.1 theirs',
    'x-switchyard-provider': 'theirs',
    'x-kept': 'yes',
  };
  const body = { error: { message: 'no', type: 'invalid_request_error', code: 'no', param: null } };
  upstream.behave('status-400', { headers, body } as never);
  upstream.behaveWhen(({ path }) => path === '/v1/files', 'status-400', { headers, body } as never);
  for (const ask of [
    () => switchyard.chat(),
    () => switchyard.ask('/v1/files'),
    () => switchyard.chat({}, { headers: { origin: 'http://localhost:3000' } }),
  ]) {
    const answer = await ask();
    t.equal(answer.status, 400);
    t.equal(answer.headers['x-kept'], 'yes');
    t.equal(answer.headers['x-switchyard-provider'], 'lab');
    t.same(
      [
        'set-cookie',
        'access-control-allow-credentials',
        'strict-transport-security',
        'alt-svc',
        'server',
        'via',
      ].filter((name) => answer.headers[name] !== undefined),
      [],
    );
    t.not(answer.headers['access-control-allow-origin'], '*');
  }
});

t.test('an answer that a browser would show as our page gets a sandbox', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  upstream.behaveWhen(({ path }) => path.startsWith('/v1/pages'), 'html');
  const page = await switchyard.ask('/v1/pages/1');
  t.match(page.headers['content-type'], 'text/html');
  t.equal(page.headers['content-security-policy'], 'sandbox');
  t.equal(page.headers['x-content-type-options'], 'nosniff');
});

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

import { createHash, randomBytes } from 'node:crypto';
import t from 'tap';
import { startSwitchyard } from '../../../switchyard.ts';
import { oneRequest, openLab } from '../../../lab.ts';
import { startUpstream } from '../../../upstream/upstream.ts';

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

t.test('files are listed, uploaded, read and deleted where they are kept', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  const bytes = randomBytes(20 * 1024 * 1024);
  const form = new FormData();
  form.append('purpose', 'batch');
  form.append('file', new Blob([bytes], { type: 'application/jsonl' }), 'Grüße 世界.jsonl');
  const sent = await fetch(`${switchyard.url}/v1/files`, { method: 'POST', body: form });
  t.equal(sent.status, 200);
  const file = (await sent.json()) as { id: string; bytes: number };
  t.match(file, { bytes: bytes.length, filename: 'Grüße 世界.jsonl', purpose: 'batch' });
  const received = upstream.posts[0]?.form?.files[0]?.bytes ?? Buffer.alloc(0);
  t.equal(digest(received), digest(bytes), 'byte for byte');

  const listed = await switchyard.ask('/v1/files');
  t.match(listed.json().data, [{ id: file.id }]);
  t.match(listed.headers, {
    'x-switchyard-provider': 'lab',
    'x-request-id': /^req_/,
    'x-upstream': 'upstream',
  });
  const content = await fetch(`${switchyard.url}/v1/files/${file.id}/content`);
  t.equal(digest(Buffer.from(await content.arrayBuffer())), digest(bytes));
  t.equal(content.headers.get('content-length'), String(bytes.length));
  const gone = await switchyard.ask(`/v1/files/${file.id}`, { method: 'DELETE' });
  t.match(gone.json(), { id: file.id, deleted: true });
  t.equal((await switchyard.ask(`/v1/files/${file.id}`)).status, 404, "the upstream's own no");
});

t.test('every other path goes where it is, with its query, its method and its body', async (t) => {
  const { switchyard, upstream, asked } = await openLab(t);
  const requests = [
    ['GET', '/v1/responses/resp_1?include[]=a&include[]=b%20c&stream=true', undefined],
    ['DELETE', '/v1/responses/resp_1', undefined],
    ['POST', '/v1/responses/resp_1/cancel', undefined],
    ['GET', '/v1/responses/resp_1/input_items?after=..%2F..%2Fx&limit=2', undefined],
    ['POST', '/v1/batches', '{"input_file_id":"f", "n":1e400}'],
    ['GET', '/v1/batches?after=b_1&limit=2', undefined],
    ['POST', '/v1/fine_tuning/jobs', '{"model" : "m"}'],
    ['GET', '/v1/fine_tuning/jobs/ft:1/events', undefined],
    ['DELETE', '/v1/models/ft:gpt-4o:org::1', undefined],
    ['PATCH', '/v1/what/is/new/tomorrow?q=%zz&p=../x&s=a%2Bb+c', '{"a":[1,2,3]}'],
    ['PUT', '/v1/what/is/new/tomorrow', '{}'],
    ['HEAD', '/v1/files', undefined],
  ] as const;
  for (const [method, path, body] of requests) {
    upstream.forget();
    const answer = await switchyard.ask(path, { method, ...(body === undefined ? {} : { body }) });
    const [request] = asked();
    t.strictSame(
      [request?.method, request?.path, request?.body.toString()],
      [method, path, body ?? ''],
      path,
    );
    t.equal(answer.headers['x-switchyard-provider'], 'lab', `${path}: ${answer.status} ${answer.text}`);
    t.equal(request?.headers.authorization, 'Bearer upstream-key');
  }
});

t.test("the client's key and cookies stay here, headers about the request go on", async (t) => {
  const { switchyard, upstream } = await openLab(t, { config: { server: { apiKeys: ['gateway-key'] } } });
  const headers = {
    authorization: 'Bearer gateway-key',
    cookie: 'crumb=1',
    'openai-organization': 'org-1',
    'idempotency-key': 'k',
    'accept-encoding': 'gzip, br',
    'user-agent': 'OpenAI/Python 2.0',
  };
  t.equal((await switchyard.ask('/v1/files?provider=LAB&api-version=1&a=b', { headers })).status, 200);
  const request = upstream.requests.findLast(({ path }) => path.startsWith('/v1/files'));
  t.equal(request?.path, '/v1/files?a=b');
  t.match(request?.headers, {
    authorization: 'Bearer upstream-key',
    host: new URL(upstream.url).host,
    'openai-organization': 'org-1',
    'idempotency-key': 'k',
    'user-agent': 'OpenAI/Python 2.0',
  });
  t.notMatch(JSON.stringify(request?.headers), /gateway-key|crumb/);
  t.equal((await switchyard.ask('/v1/files')).status, 401, 'and without a key nothing goes on');
  t.equal((await switchyard.ask('/v1/files', { headers: { authorization: 'Bearer x' } })).status, 401);
});

t.test('an old base URL that ends in a slash reaches the same place', async (t) => {
  const { switchyard, upstream, asked } = await openLab(t);
  for (const path of ['/v1//files', '//v1/files', '/v1/files/', '/v1//files//']) {
    upstream.forget();
    await oneRequest(switchyard.url, `GET ${path}?a=//b`);
    t.match(asked()[0]?.path, /^\/v1\/files\/?\?a=\/\/b$/, path);
  }
});

t.test('no path leads out of the base path of the provider', async (t) => {
  const { switchyard, upstream } = await openLab(t, { upstream: { prefix: '/deep/v1' } });
  const paths = [
    '/v1/../x',
    '/v1/../../x',
    '/v1/%2e%2e/x',
    '/v1/%2E%2e/%2e%2E/x',
    '/v1/.%2e/x',
    '/v1/..%2fx',
    '/v1/%2e%2e%2fx',
    '/v1/files/../../../x',
    '/v1/files/..',
    '/v1/files\\..\\..\\..\\x',
    '/v1/files/..%5c..%5cx',
    '/v1/..;/x',
    '/v1/%2e%2e%5cx',
    '//v1//../x',
    '/v1/%2F..%2Fx',
    '/v1/@evil.example/x',
    '/v1//evil.example/x',
    '/v1/http://evil.example/x',
    '/v1/./x',
  ];
  for (const path of paths) {
    const { status, text } = await oneRequest(switchyard.url, `GET ${path}`);
    t.ok(status === 400 || status === 404, `${path}: ${status} ${text}`);
    t.type((JSON.parse(text) as { error: { message: string } }).error.message, 'string', path);
  }
  const beyond = upstream.requests
    .map(({ path }) => path)
    .filter((path) => !/^\/deep\/v1\/(?!.*\.\.(\/|\\|$|%))/i.test(path));
  t.strictSame(beyond, []);
});

t.test(
  "a redirect below the provider's base is one below ours, any other is passed on as it is",
  async (t) => {
    const { switchyard, upstream } = await openLab(t, { upstream: { prefix: '/deep/v1' } });
    const places: readonly (readonly [string, string])[] = [
      ['/deep/v1/files/f?a=1', '/v1/files/f?a=1'],
      ['/deep/v10/files', '/deep/v10/files'],
      ['/elsewhere', '/elsewhere'],
      ['https://files.example/deep/v1/f', 'https://files.example/deep/v1/f'],
    ];
    for (const [location, expected] of places) {
      upstream.behaveWhen(() => true, 'status', { code: 302, headers: { location } });
      const { head } = await oneRequest(switchyard.url, 'GET /v1/files/f/content');
      t.match(head, /^http\/1\.1 302/);
      t.equal(/^location: (.*)$/im.exec(head)?.[1]?.trim(), expected);
    }
  },
);

t.test('a client disconnect before the head of the answer aborts the upstream request', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  upstream.behaveWhen(() => true, 'stall-before-head');
  for (const options of [{}, { body: { a: 1 } }]) {
    const disconnect = new AbortController();
    const path = `/v1/batches/b_${'body' in options ? 'post' : 'get'}`;
    const asked = switchyard.ask(path, { ...options, signal: disconnect.signal });
    const request = await upstream.seen(1, (one) => one.path === path);
    disconnect.abort();
    await t.rejects(asked);
    t.equal(await upstream.left(request), 'before-head');
  }
});

t.test('a client disconnect in the middle of an answer aborts it too', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  upstream.behaveWhen(({ path }) => path.includes('content'), 'stall-after-content');
  const disconnect = new AbortController();
  const answer = await fetch(`${switchyard.url}/v1/files/f/content`, { signal: disconnect.signal });
  await answer.body?.getReader().read();
  disconnect.abort();
  t.equal(await upstream.left(await upstream.seen(1, ({ path }) => path.includes('content'))), 'mid-body');
});

t.test('a compressed answer stays compressed, with its header', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  upstream.behaveWhen(({ path }) => path.includes('/files'), 'gzip');
  const answer = await fetch(`${switchyard.url}/v1/files`);
  t.equal(answer.headers.get('content-encoding'), 'gzip');
  t.match(await answer.json(), { object: 'list' });
});

t.test("an upstream's refusal is its answer: it is passed on and not retried", async (t) => {
  const { switchyard, upstream } = await openLab(t);
  for (const code of [400, 404, 429, 500, 503]) {
    upstream.forget();
    upstream.behaveWhen(({ path }) => path.includes('/batches'), 'status', {
      code,
      retryAfter: 0,
      body: `{"a": ${code}}`,
    });
    const answer = await switchyard.ask('/v1/batches');
    t.match({ status: answer.status, text: answer.text }, { status: code, text: `{"a": ${code}}` });
    t.equal(answer.headers['retry-after'], '0');
    t.equal(upstream.requests.filter(({ path }) => path.includes('/batches')).length, 1);
  }
});

t.test('an upstream that cannot be reached, or hangs up, is a 502 that says so', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  upstream.behaveWhen(({ path }) => path.includes('/batches'), 'close-before-head');
  const hungUp = await switchyard.ask('/v1/batches');
  t.equal(hungUp.status, 502);
  t.match(hungUp.json().error, { code: 'upstream_reset', type: 'upstream_error', message: /^lab / });
  upstream.behaveWhen(({ path }) => path.includes('/batches'), 'broken-chunked');
  t.ok((await switchyard.ask('/v1/batches')).broken, 'a body that breaks off does not look whole');
  await upstream.close();
  const refused = await switchyard.ask('/v1/batches');
  t.equal(refused.status, 502);
  t.match(refused.json().error, {
    code: 'upstream_refused',
    param: null,
    message: /^lab could not be reached/,
  });
});

t.test('a provider without that surface is skipped, and without any it is a 404', async (t) => {
  const [first, second] = await Promise.all([startUpstream(), startUpstream()]);
  t.teardown(() => Promise.all([first.close(), second.close()]));
  const lab = (baseUrl: string, surfaces: string[]) => ({ use: 'openai-compatible', baseUrl, surfaces });
  const switchyard = await startSwitchyard(t, {
    providers: { chatty: lab(first.url, ['chat']), filing: lab(second.url, ['files', 'chat']) },
  });
  const { status, headers } = await switchyard.ask('/v1/files');
  t.strictSame([status, headers['x-switchyard-provider']], [200, 'filing']);
  for (const path of ['/v1/batches', '/v1/files?provider=chatty', '/v1/tomorrow/x']) {
    const answer = await switchyard.ask(path);
    t.equal(answer.status, 404, path);
    t.match(answer.json().error, { code: 'surface_not_found', message: /batches|files|tomorrow/ });
  }
  t.equal((await switchyard.ask('/v1/files?provider=unknown')).json().error.code, 'provider_not_found');
  t.equal(first.requests.filter(({ path }) => path !== '/v1/models').length, 0);
});

t.test('headers of one connection go no further, either way', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  upstream.behaveWhen(({ path }) => path.includes('/batches'), 'hop-by-hop');
  const { head, text } = await oneRequest(switchyard.url, 'GET /v1/batches', [
    'connection: close, x-named',
    'x-named: 1',
    'te: trailers',
    'proxy-authorization: Basic eA==',
    'x-kept: 1',
  ]);
  t.match(head, /x-end-to-end: for the client/);
  t.notMatch(head, /x-hop-named|proxy-authenticate|keep-alive: timeout=5|upgrade: h2c|trailer:|\nte:/);
  t.ok(text);
  const request = upstream.requests.find(({ path }) => path.includes('/batches'));
  t.equal(request?.headers['x-kept'], '1');
  for (const name of ['x-named', 'te', 'proxy-authorization'])
    t.notOk(name in (request?.headers ?? {}), name);
});

t.test('query parameters for the gateway stay here, however they are encoded', async (t) => {
  const { switchyard, upstream, asked } = await openLab(t);
  for (const query of [
    'provider=lab&a=%70rovider',
    '%70rovider=lab&a=%70rovider',
    'a=%70rovider&pro%76ider=lab&api%2Dversion=1',
    'a=%70rovider&%70%72%6f%76%69%64%65%72=lab',
  ])
    for (const path of ['/v1/files', '/v1/chat/completions']) {
      upstream.forget();
      const body = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };
      const { status } = await switchyard.ask(`${path}?${query}`, path === '/v1/files' ? {} : { body });
      t.equal(status, 200, `${path}?${query}`);
      t.equal(asked()[0]?.path, `${path}?a=%70rovider`);
      upstream.forget();
      const other = query.replaceAll('lab', 'unknown');
      t.equal(
        (await switchyard.ask(`${path}?${other}`, path === '/v1/files' ? {} : { body })).status,
        404,
        'and pins',
      );
      t.equal(asked().length, 0);
    }
  upstream.forget();
  t.equal((await switchyard.ask('/v1/files?%zz=1&b=2')).status, 200);
  t.equal(asked()[0]?.path, '/v1/files?%zz=1&b=2', 'what cannot be read is not ours');
});

t.test(
  'a provider that is blocked on a guess is asked where no other is left, one that is certain is not',
  async (t) => {
    const { switchyard } = await openLab(t);
    t.equal((await switchyard.ask('/v1/files')).status, 200);
    const targets = [...switchyard.gateway.upstreams.get('lab')!.all()];
    const until = switchyard.gateway.now() + 60_000;
    for (const target of targets) target.block('breaker', until, 'it failed', true);
    t.equal((await switchyard.ask('/v1/files')).status, 200);
    t.equal((await switchyard.ask('/v1/files?provider=lab')).status, 503, 'by name the reason says more');
    for (const target of targets) target.block('quota', until, 'it asked for a minute');
    const { status, text } = await switchyard.ask('/v1/files');
    t.equal(status, 503);
    t.match(text, /lab is blocked \(it failed; it asked for a minute\)/);
  },
);

import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { startSwitchyard } from '../switchyard.ts';
import { oneRequest, openLab, overSocket } from '../lab.ts';
import { startUpstream } from '../upstream/upstream.ts';

const HOUSE_KEY = 'planted-gateway-key';
const SECRETS = [
  HOUSE_KEY,
  'planted-provider-key',
  'planted-header-value',
  'planted-env-key',
  'planted-password',
  'planted-query-key',
];
const PLANTED = /planted-[a-z-]+/g;

/** A gateway full of secrets: of the config, of the environment, in a URL. */
async function fullOfSecrets(t: Test) {
  const upstream = await startUpstream({ interval: 0 });
  const shut = await startUpstream().then(async (one) => {
    const { origin } = one;
    await one.close();
    return { origin };
  });
  t.teardown(() => upstream.close());
  const compatible = 'openai-compatible';
  const switchyard = await startSwitchyard(
    t,
    {
      server: { apiKeys: [HOUSE_KEY] },
      retry: { attempts: 2 },
      providers: {
        lab: {
          use: compatible,
          baseUrl: upstream.url,
          apiKey: 'planted-provider-key',
          headers: { 'X-Team': 'planted-header-value' },
          models: { m: 'm' },
        },
        shut: {
          use: compatible,
          baseUrl: `${shut.origin.replace('://', '://me:planted-password@')}/v1?key=planted-query-key`,
          models: { gone: 'gone' },
        },
        openai: { apiKey: '$OPENAI_API_KEY', baseUrl: `${shut.origin}/v1`, models: { far: 'far' } },
      },
    },
    { env: { OPENAI_API_KEY: 'planted-env-key' } },
  );
  const headers = { authorization: `Bearer ${HOUSE_KEY}` };
  return { upstream, switchyard, headers };
}

t.test('no secret is shown: not in answers, errors, traces, the config, health, nor the log', async (t) => {
  const { upstream, switchyard, headers } = await fullOfSecrets(t);
  const texts: string[] = [];
  const ask = async (path: string, options: Parameters<typeof switchyard.ask>[1] = {}) => {
    const answer = await switchyard.ask(path, { ...options, headers: { ...headers, ...options.headers } });
    texts.push(`${path} ${JSON.stringify(answer.headers)} ${answer.text}`);
    return answer;
  };
  const chat = (body: Record<string, unknown>) =>
    ask('/v1/chat/completions', { body: { messages: [], ...body } });
  t.equal((await chat({ model: 'm' })).status, 200);
  for (const behaviour of [
    'status-500',
    'rst-before-head',
    'not-http',
    'cut-after-content',
    'stall-before-head',
    'html',
    'empty-200',
    'error-in-200',
    'status-302',
  ] as const) {
    if (behaviour === 'stall-before-head') continue;
    upstream.behave(behaviour);
    await chat({ model: 'm' });
    await chat({ model: 'm', stream: true });
  }
  upstream.behave('ok');
  t.equal((await chat({ model: 'gone' })).status, 502);
  t.equal((await chat({ model: 'far' })).status, 502);
  await chat({ model: 'gone', stream: true });
  for (const path of [
    '/v1/files?provider=shut',
    '/v1/files?provider=unknown',
    '/v1/models',
    '/v1/models/none',
    '/health',
    '/providers',
    '/requests',
    '/requests/none',
    '/nothing',
    '/v1/files?provider=openai',
  ])
    await ask(path);
  const { status, text } = await ask('/config');
  t.equal(status, 200);
  t.match(text, '***', 'a secret is shown as one');
  t.match(text, 'X-Team', 'what is no secret is shown');
  for (const authorization of ['Bearer planted-wrong-key', `Basic ${HOUSE_KEY}`])
    texts.push((await switchyard.chat({}, { headers: { authorization } })).text);
  texts.push((await switchyard.ask(`/v1/models?key=${HOUSE_KEY}`)).text);
  texts.push((await switchyard.ask(`/nothing?key=${HOUSE_KEY}`, { headers })).text);
  texts.push(
    (await oneRequest(switchyard.url, `GET /%zz?key=${HOUSE_KEY}`, [`authorization: Bearer ${HOUSE_KEY}`]))
      .text,
  );
  texts.push(
    (
      await oneRequest(switchyard.url, `GET /v1/%2e%2e/x?key=${HOUSE_KEY}`, [
        `authorization: Bearer ${HOUSE_KEY}`,
      ])
    ).text,
  );
  for (const said of texts) t.same(said.match(PLANTED) ?? [], [], said.slice(0, 300));
  t.ok(switchyard.log.length > 0, 'something was logged');
  for (const line of switchyard.log) t.same(line.match(PLANTED) ?? [], [], line.slice(0, 300));
  t.ok(SECRETS.length > 0);
});

t.test('a mistake in the config is reported without the secret in it', async (t) => {
  const mistakes: Record<string, unknown>[] = [
    { server: { apiKeys: 'planted-gateway-key' } },
    { server: { apiKeys: ['planted-gateway-key', 12345678] } },
    { server: { apiKeys: ['planted'] } },
    { server: { apiKey: 'planted-gateway-key' } },
    {
      providers: {
        lab: { use: 'openai-compatible', baseUrl: 'http://127.0.0.1', apiKey: ['planted-provider-key'] },
      },
    },
    {
      providers: {
        lab: { use: 'openai-compatible', baseUrl: 'http://127.0.0.1', headers: 'planted-header-value' },
      },
    },
    {
      providers: {
        lab: {
          use: 'openai-compatible',
          baseUrl: 'http://me:planted-password@127.0.0.1',
          concurrency: 'planted-no',
        },
      },
    },
  ];
  for (const config of mistakes) {
    const error = await startSwitchyard(t, config).then(
      ({ close }) => close(),
      (thrown: Error) => thrown,
    );
    if (!error) continue;
    t.notMatch(error.message, /planted(?!-no)/, error.message);
  }
});

t.test('a key that is no valid header is reported by its path, not by its value', async (t) => {
  const upstream = await startUpstream();
  t.teardown(() => upstream.close());
  const providers = {
    lab: { use: 'openai-compatible', baseUrl: upstream.url, apiKey: 'planted-provider\nkey' },
  };
  const switchyard = await startSwitchyard(t, { providers });
  const { status, text } = await switchyard.chat();
  t.ok(status >= 500, String(status));
  t.notMatch(text, 'planted');
  t.notMatch(switchyard.log.join(''), 'planted');
  t.equal(upstream.requests.length, 0);
});

t.test('a body, a header and a URL have bounds, and say so', async (t) => {
  const { switchyard, upstream } = await openLab(t, { config: { server: { bodyLimit: '64KiB' } } });
  const big = await switchyard.chat({ messages: [{ role: 'user', content: 'x'.repeat(65_536) }] });
  t.equal(big.status, 413);
  t.match(big.json(), { error: { code: 'body_too_large', message: /65536 bytes.*server\.bodyLimit/ } });
  const chunked = await overSocket(
    switchyard.url,
    `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${'1000\r\n'.concat('x'.repeat(4096), '\r\n').repeat(20)}0\r\n\r\n`,
  );
  t.match(chunked, /^HTTP\/1\.1 413 /, 'a length that is not said is counted');
  const lying = await overSocket(
    switchyard.url,
    'POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 999999999\r\n\r\n{',
  );
  t.match(lying, /^HTTP\/1\.1 413 /, 'one that is said is not waited for');
  const { status } = await oneRequest(switchyard.url, 'GET /v1/models', [`x-long: ${'x'.repeat(20_000)}`]);
  t.equal(status, 431);
  t.equal((await oneRequest(switchyard.url, `GET /v1/models?x=${'x'.repeat(20_000)}`)).status, 431);
  t.equal((await oneRequest(switchyard.url, `POST /engines/${'x'.repeat(600)}/completions`)).status, 414);
  t.match(
    await overSocket(
      switchyard.url,
      `GET /v1/models HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    ),
    /^HTTP\/1\.1 400 /,
    'two lengths are one too many',
  );
  t.match(await overSocket(switchyard.url, 'NONSENSE\r\n\r\n'), /^HTTP\/1\.1 400 /);
  t.equal(upstream.posts.length, 0);
});

t.test("a model's name has a bound, and may be in any script", async (t) => {
  const { switchyard, upstream } = await openLab(t);
  const long = await switchyard.chat({ model: 'm'.repeat(1_001) });
  t.equal(long.status, 400);
  t.match(long.json(), { error: { code: 'invalid_request', param: 'model', message: String } });
  t.ok(long.text.length < 1_000, 'and is not repeated whole');
  t.equal(upstream.posts.length, 0);
  for (const model of ['模型-世界', 'modèle', 'm\nx-injected: 1', 'm\r\n\r\n', 'a\u0000b', '\ud800', '👋']) {
    const { status, headers } = await switchyard.chat({ model });
    t.equal(status, 200, JSON.stringify(model));
    t.notOk(headers['x-injected']);
    t.match(headers['x-switchyard-model'], /^[\x21-\x7e]+$/);
    upstream.behaveOnce('status-400');
    t.equal((await switchyard.chat({ model })).status, 400, JSON.stringify(model));
    upstream.behaveOnce('empty-200');
    t.equal((await switchyard.chat({ model, stream: true })).status, 502, JSON.stringify(model));
  }
  t.equal(
    (await switchyard.chat({ model: 'plain/name:8b@latest' })).headers['x-switchyard-model'],
    'plain/name:8b@latest',
  );
});

t.test('a form of nothing but boundaries does not hold up the gateway', async (t) => {
  const { switchyard } = await openLab(t);
  const body = Buffer.from('--a'.repeat(400_000) + '\r\n\r\n--a');
  const slow = switchyard.ask('/v1/audio/transcriptions', {
    body,
    headers: { 'content-type': 'multipart/form-data; boundary=a' },
  });
  await sleep(20);
  t.equal((await switchyard.ask('/v1/models')).status, 200);
  t.equal((await slow).status, 400);
});

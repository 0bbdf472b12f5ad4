import t from 'tap';
import { PluginRegistry } from '../../config/plugins/registry.ts';
import type { Call, Host, Target } from '../../core/contracts/index.ts';
import { root } from '../../gateway.ts';
import { startSwitchyard } from '../switchyard.ts';
import { openLab } from '../lab.ts';
import { CALLERS_OWN, sent, start } from './asked-upstream.ts';

const HOUSE_KEY = 'gateway-key-one';

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

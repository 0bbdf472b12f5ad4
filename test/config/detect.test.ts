import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import type { Detect, ProviderPlugin } from '../../core/contracts/index.ts';
import { found } from '../../config/detect.ts';
import { startSwitchyard } from '../switchyard.ts';
import { startUpstream } from '../upstream/upstream.ts';

const plugin = (name: string, detect: Detect) => ({ name, detect }) as ProviderPlugin;

t.test('a key in the environment makes a provider, an empty one does not', async (t) => {
  const plugins = [plugin('one', { env: 'ONE_KEY' }), plugin('two', { env: 'TWO_KEY' })];
  t.match(await found(plugins, { ONE_KEY: 'sk-1', TWO_KEY: ' ' }), [
    { plugin: { name: 'one' }, because: 'ONE_KEY is set' },
  ]);
});

t.test('a server on loopback is recognised by its answer, not by its port', async (t) => {
  const answers: Record<string, [number, string]> = {
    '/v1/models': [200, '{"object":"list","data":[{"id":"m","owned_by":"vllm"}]}'],
    '/page': [200, '<html>"vllm"</html>'],
    '/error': [404, '{"vllm":true}'],
  };
  const server = createServer(({ url = '' }, response) => {
    if (url === '/silent') return;
    const [status, body] = answers[url] ?? [404, '{}'];
    response.writeHead(status).end(body);
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  t.teardown(() => (server.closeAllConnections(), server.close()));
  const { port } = server.address() as AddressInfo;
  const at = (path: string, word = 'vllm') => plugin(`${path} ${word}`, { port, path, holds: [word] });
  const closed = plugin('closed', { port: 1, path: '/', holds: ['vllm'] });
  const plugins = [
    at('/v1/models'),
    at('/v1/models', 'llamacpp'),
    at('/page'),
    at('/error'),
    at('/silent'),
    closed,
  ];
  t.match(await found(plugins, {}), [
    { plugin: { name: '/v1/models vllm' }, because: `found on port ${port}` },
  ]);
  t.equal((await found(plugins, {})).length, 1);
});

t.test('keys become providers without a config, and precede the embedded model', async (t) => {
  const env = { GROQ_API_KEY: 'gsk-something', XAI_API_KEY: 'xai-something' };
  const switchyard = await startSwitchyard(t, { discover: true, 'model-lists': { within: '10ms' } }, { env });
  const names = (await switchyard.ask('/providers'))
    .json()
    .providers.map(({ name }: { name: string }) => name);
  t.ok(names.includes('groq') && names.includes('xai') && !names.includes('openai'));
  const { targets } = switchyard.gateway.models.route('some-model', 'chat');
  t.notOk(
    targets.some(({ provider }) => provider.lastResort),
    'the embedded model never answers where there is a key',
  );
  t.ok(switchyard.log.some((line) => line.includes('groq is a provider: GROQ_API_KEY is set')));
  t.notOk(
    switchyard.log.some((line) => line.includes('gsk-something')),
    'and the key itself is not shown',
  );
});

t.test('without any other provider the embedded model answers', async (t) => {
  const switchyard = await startSwitchyard(t, { providers: { embedded: { start: 'manual' } } });
  t.match(switchyard.gateway.models.route('gpt-3.5-turbo', 'chat').targets, [
    { id: 'embedded/smollm2-135m-instruct' },
  ]);
  const answer = await switchyard.chat({ model: 'gpt-3.5-turbo' });
  t.equal(answer.status, 503);
  t.match(answer.json().error, { message: /embedded/ });
});

t.test('a listed model goes to its provider, any other name to the default', async (t) => {
  const upstream = await startUpstream({ models: ['known-1'] });
  t.teardown(() => upstream.close());
  const lab = { use: 'openai-compatible', baseUrl: upstream.url, defaultModel: 'known-1' };
  const switchyard = await startSwitchyard(t, { providers: { lab } });
  await upstream.seen(1, ({ path }) => path.endsWith('/models'));
  await upstream.quiet();
  while (switchyard.gateway.models.names().size === 0) await new Promise(setImmediate);
  t.strictSame([...switchyard.gateway.models.names().keys()], ['known-1']);
  t.match((await switchyard.chat({ model: 'known-1' })).headers, { 'x-switchyard-model': 'known-1' });
  t.match((await switchyard.chat({ model: 'gpt-4o' })).headers, { 'x-switchyard-model': 'known-1' });
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { PluginRegistry } from '../../config/plugins/registry.ts';
import type { Host, ProviderPlugin, Target } from '../../core/contracts/index.ts';
import { root } from '../../gateway.ts';
import { makeCall } from '../plugins/surfaces/openai/recorded.ts';
import { startSwitchyard } from '../switchyard.ts';
import { listRecordings, readRecording } from '../upstream/recordings.ts';
import { startUpstream, type Upstream } from '../upstream/upstream.ts';

/** Providers that a key in the environment makes, and that speak chat completions at a fixed address. */
const OTHERS = new Set(['anthropic', 'azure', 'bedrock', 'vertex']);
const registry = await PluginRegistry.read(root);
const hosted = registry
  .list('provider')
  .filter(({ name, detect }) => detect && 'env' in detect && !OTHERS.has(name)) as ProviderPlugin[];
const namesOf = ({ detect }: ProviderPlugin): string[] =>
  detect && 'env' in detect ? [detect.env].flat() : [];
const envOf = (plugin: ProviderPlugin): string => namesOf(plugin)[0] as string;

/** One of them adds the path of its API itself. */
const baseUrl = (upstream: Upstream, name: string): string =>
  name === 'github-models' ? upstream.origin : upstream.url;

/** As one of them is without a network. */
const made = (plugin: ProviderPlugin) =>
  plugin.create({ name: plugin.name }, {
    env: { [envOf(plugin)]: 'sk-1' },
    now: () => 0,
  } as unknown as Host);

/** What the provider sends for a call, without a network. */
function requestOf(plugin: ProviderPlugin, path: string, method = 'POST') {
  const call = { ...makeCall({ model: 'm' }), path, method };
  return made(plugin).request(call, { model: 'm', name: 'm' } as unknown as Target);
}

t.test('docs/config.md has each, with the address that it asks and the names of its key', async (t) => {
  const page = await readFile(join(root, 'docs/config.md'), 'utf8');
  for (const plugin of hosted) {
    const { origin, path } = requestOf(plugin, '/chat/completions');
    const keys = namesOf(plugin).map((name) => `\`${name}\``);
    const row = `| \`${plugin.name}\` | ${keys.join(', ')} | ${origin}${path.replace('/chat/completions', '')} `;
    t.ok(page.includes(row), row);
  }
  const rows = [...page.matchAll(/^\| `([\w-]+)` \| `[A-Z_]+`/gm)].map(([, name]) => name as string);
  t.strictSame(rows.filter((name) => !OTHERS.has(name)).sort(), hosted.map(({ name }) => name).sort());
});

t.test('each is found by each name of its key', async (t) => {
  // External addresses are asked through this proxy, which refuses.
  const proxy = await startUpstream();
  t.teardown(() => proxy.close());
  for (const nth of [0, 1]) {
    const plugins = hosted.filter((plugin) => namesOf(plugin).length > nth);
    const keys = plugins.map((plugin) => [namesOf(plugin)[nth] as string, 'sk-1']);
    const env = { ...Object.fromEntries(keys), HTTPS_PROXY: proxy.origin };
    const config = { discover: true, 'model-lists': { within: '10ms' } };
    const switchyard = await startSwitchyard(t, config, { env });
    for (const plugin of plugins)
      t.ok(switchyard.gateway.upstreams.get(plugin.name), `${plugin.name} by ${namesOf(plugin)[nth]}`);
    t.notOk(JSON.stringify(switchyard.log).includes('sk-1'), 'no key is in the log');
    await switchyard.close();
  }
});

t.test('each answers with its own key, whole and as a stream', async (t) => {
  const upstream = await startUpstream({ interval: 0, prefix: '/inference' });
  t.teardown(() => upstream.close());
  const speaking = hosted.filter((plugin) => made(plugin).surfaces.includes('chat'));
  const providers = Object.fromEntries(
    speaking.map(({ name }) => [name, { baseUrl: baseUrl(upstream, name), models: { m: 'm' } }]),
  );
  const env = Object.fromEntries(speaking.map((plugin) => [envOf(plugin), `key-of-${plugin.name}`]));
  const switchyard = await startSwitchyard(t, { providers }, { env });
  for (const { name } of speaking) {
    for (const stream of [false, true]) {
      const answer = await switchyard.ask(`/v1/chat/completions?provider=${name}`, {
        body: { model: 'm', stream, messages: [{ role: 'user', content: 'hi' }] },
      });
      t.match(answer.headers, { 'x-switchyard-provider': name });
      t.equal(answer.status, 200, name);
      t.match(upstream.posts.at(-1), {
        path: '/inference/chat/completions',
        headers: { authorization: `Bearer key-of-${name}` },
      });
    }
  }
});

t.test('a recorded answer of each vendor passes through its provider byte for byte', async (t) => {
  const upstream = await startUpstream({ interval: 0, prefix: '/inference' });
  t.teardown(() => upstream.close());
  for (const vendor of ['cerebras', 'dashscope', 'deepseek', 'groq', 'perplexity']) {
    const plugin = hosted.find(({ name }) => name === vendor) as ProviderPlugin;
    const providers = { [vendor]: { baseUrl: upstream.url, models: { m: 'm' } } };
    const switchyard = await startSwitchyard(t, { providers }, { env: { [envOf(plugin)]: 'sk-1' } });
    for (const file of listRecordings(vendor).filter((name) => !/transcription|error/.test(name))) {
      const stream = file.endsWith('.chunks.txt');
      upstream.behaveOnce('replay', { file });
      const counted = stream ? { stream_options: { include_usage: true } } : {};
      const answer = await switchyard.chat({ model: 'm', stream, ...counted });
      t.ok(answer.text === readRecording(file).body.toString(), file);
    }
    await switchyard.close();
  }
});

t.test(
  'a token that machines have for something else makes no provider, and is used by one that is named',
  async (t) => {
    const upstream = await startUpstream({ interval: 0, prefix: '/inference' });
    t.teardown(() => upstream.close());
    const env = { HF_TOKEN: 'hf-1', GITHUB_TOKEN: 'gh-1' };
    const without = await startSwitchyard(t, { discover: true }, { env });
    for (const name of ['huggingface', 'github-models'])
      t.notOk(without.gateway.upstreams.get(name), `${name} is not found`);
    const of = (name: string) => ({ baseUrl: baseUrl(upstream, name), models: { m: 'm' } });
    const switchyard = await startSwitchyard(
      t,
      { providers: { huggingface: of('huggingface'), 'github-models': of('github-models') } },
      { env },
    );
    await switchyard.ask('/v1/chat/completions?provider=huggingface', { body: { model: 'm' } });
    t.equal(upstream.posts.at(-1)?.headers.authorization, 'Bearer hf-1');
    await switchyard.ask('/v1/chat/completions?provider=github-models', { body: { model: 'm' } });
    t.match(upstream.posts.at(-1)?.headers, {
      authorization: 'Bearer gh-1',
      'x-github-api-version': '2022-11-28',
    });
  },
);

t.test('GitHub Models lists its models outside its base URL', (t) => {
  const plugin = hosted.find(({ name }) => name === 'github-models') as ProviderPlugin;
  t.match(requestOf(plugin, '/catalog/models', 'GET'), {
    origin: 'https://models.github.ai',
    path: '/catalog/models',
  });
  t.end();
});

t.test('a refusal for lack of funds puts that key aside, as each vendor says it', async (t) => {
  const upstream = await startUpstream({ interval: 0, prefix: '/inference' });
  t.teardown(() => upstream.close());
  const refusals = [
    ['moonshot', 429, { error: { type: 'exceeded_current_quota_error', message: 'check your plan' } }],
    ['zai', 429, { error: { code: '1113', message: 'Insufficient balance or no resource package.' } }],
    ['dashscope', 400, { error: { code: 'Arrearage', type: 'Arrearage', message: 'Access denied' } }],
  ] as const;
  for (const [name, status, body] of refusals) {
    const providers = {
      [name]: { baseUrl: upstream.url, apiKey: 'a', apiKeys: ['b'], models: { m: 'm', n: 'n' } },
    };
    const switchyard = await startSwitchyard(t, { providers });
    upstream.forget();
    upstream.behaveWhen(({ headers }) => headers.authorization === 'Bearer a', 'status', {
      code: status,
      body,
    });
    for (const model of ['m', 'n', 'm', 'n']) await switchyard.chat({ model });
    const keys = upstream.posts.map(({ headers }) => headers.authorization);
    t.equal(keys.filter((key) => key === 'Bearer a').length, 1, `${name}: ${keys.join(', ')}`);
    await switchyard.close();
  }
});

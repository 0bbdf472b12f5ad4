import t from 'tap';
import { checkConfig } from '../../../config/check.ts';
import { PluginRegistry } from '../../../config/plugins/registry.ts';
import { root } from '../../../gateway.ts';
import { openLab } from '../../lab.ts';
import { startUpstream } from '../../upstream/upstream.ts';

t.test("the base URL's query goes with each request, its user and password as Basic", async (t) => {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const { host } = new URL(upstream.origin);
  const baseUrl = `http://me:p%40ss%20word@${host}/v1/?api-version=preview&key=planted-key`;
  const { switchyard } = await openLab(t, { provider: { baseUrl, apiKey: undefined } });
  t.equal((await switchyard.chat({ model: 'anything' })).status, 200);
  t.equal((await switchyard.ask('/v1/files?limit=2&api-version=mine&api%2Dversion=mine')).status, 200);
  t.equal((await switchyard.ask('/v1/files?limit=2')).status, 200);
  const query = '?api-version=preview&key=planted-key';
  const paths = upstream.requests.map(({ path }) => path);
  t.ok(paths.includes(`/v1/models${query}`), 'the looks of the gateway have it, too');
  t.ok(paths.includes(`/v1/chat/completions${query}`));
  t.equal(
    paths.filter((path) => path === `/v1/files${query}&limit=2`).length,
    2,
    'and it goes before the caller',
  );
  for (const { headers } of upstream.requests)
    t.equal(headers.authorization, `Basic ${Buffer.from('me:p@ss word').toString('base64')}`);
  for (const path of ['/config', '/providers', '/requests', `/requests/${(await switchyard.trace()).id}`])
    t.notMatch((await switchyard.ask(path)).text, /planted-key|p%40ss|p@ss/, path);
  t.notMatch(switchyard.log.join(), /planted-key|p%40ss|p@ss/);
});

t.test('a key or a header beside user and password is a mistake of the config', async (t) => {
  const registry = await PluginRegistry.read(root);
  const baseUrl = 'http://me:secret@127.0.0.1:9/v1';
  const check = (more: object) =>
    checkConfig({
      value: { providers: { lab: { use: 'openai-compatible', baseUrl, ...more } } },
      env: {},
      registry,
      folder: t.testdirName,
    });
  await t.resolves(check({}));
  await t.resolves(check({ headers: { 'x-other': 'fine' } }));
  for (const more of [{ apiKey: 'k' }, { apiKeys: ['k'] }, { headers: { Authorization: 'Bearer k' } }])
    await t.rejects(check(more), {
      code: 'config_invalid',
      message:
        /^(?![^]*secret)[^]*providers\.lab\.baseUrl: its user:password@ and (?:apiKeys?|headers\.authorization) both/,
    });
});

t.test('an address without http is a mistake, wherever an entry may have one', async (t) => {
  const registry = await PluginRegistry.read(root);
  const entries = {
    lab: { use: 'openai-compatible', baseUrl: 'localhost:8080/v1' },
    openai: { apiKey: 'k', baseUrl: 'ws://127.0.0.1:9/v1' },
    azure: { apiKey: 'k', endpoint: 'name.openai.azure.com:443' },
    'qwen-api': { baseUrl: 'file:///v1' },
  };
  const folder = t.testdirName;
  const checked = checkConfig({ value: { providers: entries }, env: {}, registry, folder });
  const mistake = (member: string, value: string) =>
    `config: providers.${member}: '${value}' is not allowed; allowed: a URL such as https://api.example.com/v1`;
  await t.rejects(checked, {
    message: [
      'The config has 4 mistakes:',
      mistake('lab.baseUrl', entries.lab.baseUrl),
      mistake('openai.baseUrl', entries.openai.baseUrl),
      mistake('azure.endpoint', entries.azure.endpoint),
      mistake('qwen-api.baseUrl', entries['qwen-api'].baseUrl),
    ].join('\n  '),
  });
});

import { join } from 'node:path';
import t from 'tap';
import { PluginRegistry } from '../../config/plugins/registry.ts';
import { checkOptions } from '../../config/check.ts';
import { folderOf, load, mistakesOf, plugin, stubs } from './stub-gateway.ts';

const own = plugin('own', { depth: { type: 'integer', default: 3 } });

t.test('plugins are named by path, and their options are checked with the rest', async (t) => {
  const config =
    'strategy: { use: ./mine/own.ts, depth: 4 }\nproviders: { a: { use: ./mine/own.ts }, b: { use: ./mine/folder } }\n';
  const files = { 'mine/own.ts': own, 'mine/folder/index.ts': plugin('folder') };
  const { config: result, folder, providerPlugins, strategyPlugin } = await load(t, { config, files });
  const file = join(folder, 'mine/own.ts');
  t.same(result.strategy, { use: file, depth: 4 });
  t.same(result.providers.a, { use: file, enabled: true, depth: 3 });
  t.equal(providerPlugins.get('a')!.name, 'own');
  t.equal(providerPlugins.get('b')!.name, 'folder');
  t.equal(strategyPlugin(result.strategy.use).name, 'own');
  t.match(await mistakesOf(t, { config: 'providers: { a: { use: ./mine/own.ts, dept: 1 } }', files }), [
    /./,
    /providers\.a\.dept: unknown \(did you mean 'depth'\?\)/,
  ]);
});

t.test('plugins are named by package, seen from the config', async (t) => {
  const files = {
    'node_modules/own-provider/package.json':
      '{"name":"own-provider","type":"module","exports":{"default":"./main.js"}}',
    'node_modules/own-provider/main.js': own,
  };
  const { config, providerPlugins } = await load(t, {
    config: 'providers: { a: { use: own-provider } }',
    files,
  });
  t.same(config.providers.a, { use: 'own-provider', enabled: true, depth: 3 });
  t.equal(providerPlugins.get('a')!.name, 'own');
});

t.test('further features have a section of their own', async (t) => {
  const files = { 'mine/own.ts': own };
  const { config, features } = await load(t, {
    config: 'plugins: [./mine/own.ts]\nown: { depth: 5 }',
    files,
  });
  t.same(
    features.map(({ name }) => name),
    ['own'],
  );
  t.same(config.features.own, { depth: 5 });
  t.match(await mistakesOf(t, { config: 'plugins: [./none.ts]' }), [
    /./,
    /plugins\[0\]: there is no plugin file '\.\/none\.ts'/,
  ]);
});

t.test('a file that is not a plugin is reported with what it exports', async (t) => {
  const files = { 'a.ts': 'export default { name: "a", options: {} };', 'b.ts': 'throw new Error("boom");' };
  const lines = await mistakesOf(t, {
    config: 'providers: { x: { use: ./a.ts }, y: { use: ./b.ts } }',
    files,
  });
  t.match(lines, [
    'The config has 2 mistakes:',
    /providers\.x\.use: \S+a\.ts is not a plugin: its create is missing, not a function; expected: export default \{ name, options, create \}/,
    /providers\.y\.use: \S+b\.ts cannot be loaded: boom/,
  ]);
});

t.test('options that are not a JSON Schema are reported with their plugin', async (t) => {
  const files = { 'providers/odd.ts': plugin('odd', { x: { type: 'texts' } }) };
  await t.rejects(load(t, { config: 'providers: { odd: {} }', files }), {
    code: 'config_invalid',
    message: /the options of provider\.odd are not a JSON Schema/,
  });
});

t.test('a feature may not take a section of the gateway', async (t) => {
  const files = { 'plugins/limits.ts': plugin('limits', { x: {} }) };
  await t.rejects(load(t, { files }), {
    message: /'limits' is already a section of the config: name it otherwise/,
  });
});

t.test('a feature that cannot do without options has none until it is given them', async (t) => {
  const files = { 'plugins/mail.ts': plugin('mail', { to: { type: 'string' } }, { required: ['to'] }) };
  t.equal((await load(t, { files })).config.features.mail, undefined);
  t.same((await load(t, { config: 'mail: { to: me }', files })).config.features.mail, { to: 'me' });
});

t.test('the options of a plugin that no config mentions get their defaults', async (t) => {
  const folder = await folderOf(t, stubs);
  const registry = await PluginRegistry.read(folder);
  const p2c = registry.get('strategy', 'p2c')!;
  const process = registry.get('provider', 'process')!;
  t.same(checkOptions(p2c, { env: {}, folder }), { decay: 10_000 });
  t.same(checkOptions(p2c, { value: { decay: '2s' }, env: {}, folder }), { decay: 2000 });
  t.throws(() => checkOptions(process, { env: {}, folder }), {
    message: /process: command: missing, and there is no default; allowed: a list/,
  });
});

t.test('alternatives in options are reported as alternatives', async (t) => {
  const files = {
    'providers/either.ts': plugin(
      'either',
      { wait: { anyOf: [{ format: 'duration' }, { enum: ['off'] }] } },
      { anyOf: [{ required: ['wait'] }, { required: ['use'] }] },
    ),
  };
  t.equal(
    (await load(t, { config: 'providers: { either: { wait: 2s } }', files })).config.providers.either!.wait,
    2000,
  );
  t.equal(
    (await load(t, { config: 'providers: { either: { wait: off } }', files })).config.providers.either!.wait,
    'off',
  );
  const lines = await mistakesOf(t, { config: 'providers: { either: { wait: long } }', files });
  t.match(lines, [
    'The config has a mistake:',
    /providers\.either\.wait: 'long' is not allowed; allowed: a duration .* or one of 'off'/,
  ]);
});

import { join } from 'node:path';
import t from 'tap';
import { PluginRegistry } from '../../../config/plugins/registry.ts';
import { folderOf, plugin, stubs } from '../stub-gateway.ts';

t.test("a file or a folder dropped into its kind's folder is a plugin", async (t) => {
  const further = {
    'plugins/toolchains/python/index.ts': plugin('python'),
    'providers/README.md': '',
    'providers/groq.test.ts': 'throw new Error("a test is not a plugin")',
    'providers/types.d.ts': 'export {}',
    'providers/_shared.ts': 'throw new Error("an underscore keeps it out")',
    'providers/twice.ts': plugin('twice'),
    'providers/twice.js': 'throw new Error("the source goes before what was built from it")',
    'providers/not-yet/notes.txt': '',
  };
  const registry = await PluginRegistry.read(await folderOf(t, { ...stubs, ...further }));
  const names = (kind: Parameters<PluginRegistry['list']>[0]): string[] =>
    registry.list(kind).map(({ name }) => name);
  t.same(names('provider'), ['grok2api', 'openai-compatible', 'process', 'twice']);
  t.same(names('strategy'), ['p2c', 'priority', 'round-robin']);
  t.same(names('toolchain'), ['python']);
  t.same(names('surface'), ['openai']);
  t.same(names('feature'), ['dashboard', 'traces']);
});

t.test('a gateway without plugins is empty', async (t) => {
  t.same((await PluginRegistry.read(await folderOf(t, {}))).list('provider'), []);
});

t.test('names match without regard to case, hyphen and underscore', async (t) => {
  const folder = await folderOf(t, {
    'plugins/strategies/least-connections.ts': plugin('least-connections'),
  });
  const registry = await PluginRegistry.read(folder);
  for (const name of ['least-connections', 'least_connections', 'Least-Connections']) {
    t.equal((await registry.find('strategy', name, folder)).name, 'least-connections');
  }
  t.equal(registry.get('strategy', 'least'), undefined);
  await t.rejects(registry.find('strategy', 'least-conections', folder), {
    code: 'config_invalid',
    message:
      "there is no strategy plugin 'least-conections' (did you mean 'least-connections'?); allowed: 'least-connections', a path or an installed package",
  });
});

t.test('a name of a Node module is no package', async (t) => {
  const folder = await folderOf(t, {});
  await t.rejects((await PluginRegistry.read(folder)).find('provider', 'stream', folder), {
    message: /there is no provider plugin 'stream'; allowed: none, a path/,
  });
});

t.test('paths may be relative, absolute or a folder', async (t) => {
  const folder = await folderOf(t, {
    'config/x': '',
    'own.ts': plugin('own'),
    'deep/index.js': plugin('deep'),
  });
  const registry = await PluginRegistry.read(folder);
  const from = join(folder, 'config');
  t.equal((await registry.find('feature', '../own.ts', from)).name, 'own');
  t.equal((await registry.find('feature', join(folder, 'own.ts'), from)).name, 'own');
  t.equal((await registry.find('feature', '../deep', from)).name, 'deep');
});

t.test('every file that is not a plugin is named, with what is expected', async (t) => {
  const folder = await folderOf(t, {
    'providers/empty.ts': 'export const name = 1;',
    'providers/misnamed.ts': plugin('other'),
    'providers/nameless.ts': 'export default { options: {}, create() {} };',
    'plugins/schemaless.ts': 'export default { name: "schemaless", create() {} };',
    'plugins/broken.ts': 'import "./nowhere.ts";',
    'plugins/surfaces/Open_AI.ts': plugin('Open_AI'),
    'plugins/surfaces/open-ai.ts': plugin('open-ai'),
  });
  const failure: Error = await PluginRegistry.read(folder).then(
    () => t.fail('it was read'),
    (error) => error,
  );
  const lines = failure.message
    .split('\n')
    .map((line) => line.replaceAll(`${folder}/`, ''))
    .toSorted();
  t.match(lines, [
    /^plugins\/broken\.ts cannot be loaded: Cannot find module/,
    'plugins/schemaless.ts is not a plugin: its options are missing, not a JSON Schema; expected: export default { name, options, create }',
    /^plugins\/surfaces\/\S+: there is already a plugin '\S+' in plugins\/surfaces/,
    'providers/empty.ts is not a plugin: it has no default export; expected',
    "providers/misnamed.ts is not a plugin: it is named 'other' but its file says 'misnamed'",
    'providers/nameless.ts is not a plugin: its name is missing, not a text',
  ]);
});

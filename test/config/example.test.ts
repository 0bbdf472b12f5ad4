import { join } from 'node:path';
import { Ajv } from 'ajv';
import t from 'tap';
import { parse } from 'yaml';
import { PluginRegistry } from '../../config/plugins/registry.ts';
import { editorSchema } from '../../config/schema/editor-schema.ts';
import { readConfig } from '../../config/read.ts';
import { folderOf, load, stubs } from './stub-gateway.ts';

const EXAMPLE = `
server:    { host: 127.0.0.1, port: 7999 }
strategy:  { use: p2c }                      # where a route names none
timeouts:  { connect: 5s, firstByte: 60s, firstContent: 120s, idle: 60s, total: 30m }
providers:
  grok2api: { start: on-demand, idleStop: 10m, secrets: { SSO: $GROK_SSO } }
  lab:      { use: openai-compatible, baseUrl: http://127.0.0.1:9101/v1, apiKey: $LAB_KEY, models: { gpt-4o-mini: m1 }, concurrency: 4, surfaces: [chat], timeouts: { idle: 20s } }
  mine:     { use: process, command: [node, server.mjs], cwd: ./mine, env: { PORT: "{port}" }, port: 8100, probe: { path: /health }, models: { local-1: local-1 } }
models:
  gpt-4o: { strategy: { use: priority }, targets: [ { provider: lab, model: m1 }, { provider: grok2api, model: grok-4, priority: 1, weight: 2 } ] }
unknownModels: route
`;
const env = { GROK_SSO: 'sso-1', LAB_KEY: 'lab-1' };

t.test('the example of the design is accepted, with units, paths and defaults', async (t) => {
  const { config, folder, file, providerPlugins, strategyPlugin } = await load(t, { config: EXAMPLE, env });
  t.equal(file, join(folder, 'switchyard.yaml'));
  t.same(config, {
    server: {
      host: '127.0.0.1',
      port: 7999,
      threads: 1,
      apiKeys: [],
      adminKeys: [],
      bodyLimit: 64 * 2 ** 20,
      bodyMemory: 512 * 2 ** 20,
      bodyIdle: 30_000,
      origins: [],
      hosts: [],
      drain: 10_000,
    },
    strategy: { use: 'p2c', decay: 10_000 },
    timeouts: { connect: 5000, firstByte: 60_000, firstContent: 120_000, idle: 60_000, total: 1_800_000 },
    retry: { budget: 0.2, again: 1, wait: 5000 },
    hedge: { enabled: false, share: 0.1, quantile: 0.95, minimum: 20 },
    limits: { event: 16 * 2 ** 20, answer: 32 * 2 ** 20 },
    providers: {
      grok2api: {
        use: 'grok2api',
        enabled: true,
        start: 'on-demand',
        idleStop: 600_000,
        secrets: { SSO: 'sso-1' },
      },
      lab: {
        use: 'openai-compatible',
        enabled: true,
        baseUrl: 'http://127.0.0.1:9101/v1',
        apiKey: 'lab-1',
        models: { 'gpt-4o-mini': 'm1' },
        concurrency: 4,
        surfaces: ['chat'],
        timeouts: { idle: 20_000 },
      },
      mine: {
        use: 'process',
        enabled: true,
        command: ['node', 'server.mjs'],
        cwd: join(folder, 'mine'),
        env: { PORT: '{port}' },
        port: 8100,
        probe: { path: '/health', within: 60_000 },
        models: { 'local-1': 'local-1' },
      },
    },
    models: {
      'gpt-4o': {
        strategy: { use: 'priority' },
        targets: [
          { provider: 'lab', model: 'm1' },
          { provider: 'grok2api', model: 'grok-4', priority: 1, weight: 2 },
        ],
      },
    },
    transport: 'auto',
    transports: {},
    unknownModels: 'route',
    toolchains: {},
    discover: true,
    watch: true,
    home: join(folder, '.switchyard'),
    apis: join(folder, 'apis'),
    plugins: [],
    features: { openai: {}, dashboard: {}, traces: { keep: 1000, body: 1024 } },
  });
  t.same(
    [...providerPlugins].map(([name, { name: used }]) => [name, used]),
    [
      ['grok2api', 'grok2api'],
      ['lab', 'openai-compatible'],
      ['mine', 'process'],
    ],
  );
  t.equal(strategyPlugin(config.strategy.use).name, 'p2c');
  t.throws(() => strategyPlugin('p2d'), { message: /no strategy plugin 'p2d' \(did you mean 'p2c'\?\)/ });
});

t.test('the same config as JSON gives the same result', async (t) => {
  const json = JSON.stringify(parse(EXAMPLE), null, '\t');
  const fromJson = await load(t, { files: { 'switchyard.json': json }, env });
  const fromYaml = await load(t, { config: EXAMPLE, env });
  const withoutFolder = (text: string, folder: string): string => text.replaceAll(folder, '');
  t.equal(
    withoutFolder(JSON.stringify(fromJson.config), fromJson.folder),
    withoutFolder(JSON.stringify(fromYaml.config), fromYaml.folder),
  );
});

t.test('no file, an empty file and empty sections are all defaults', async (t) => {
  const texts = [undefined, '', '# nothing\n', 'server:\nproviders:\nmodels:\nstrategy:\nretry:\ntraces:\n'];
  for (const config of texts) {
    const { config: result, folder, file } = await load(t, config === undefined ? {} : { config });
    t.equal(file, config === undefined ? undefined : join(folder, 'switchyard.yaml'));
    t.match(result, {
      server: { port: 7999 },
      strategy: { use: 'round-robin' },
      providers: {},
      models: {},
      timeouts: {},
    });
    t.equal(result.home, join(folder, '.switchyard'));
    t.equal(result.apis, join(folder, 'apis'));
  }
});

t.test('a provider entry may be empty', async (t) => {
  const { config } = await load(t, { config: 'providers:\n  grok2api:\n' });
  t.same(config.providers, { grok2api: { use: 'grok2api', enabled: true } });
});

t.test('names may be spelled freely and come out exact', async (t) => {
  const config =
    'strategy: { use: Round_Robin }\nproviders:\n  Grok2API: {}\nmodels: { m: { targets: [{ provider: GROK2API }, { provider: Process }] } }\n';
  const { config: result } = await load(t, { config });
  t.equal(result.strategy.use, 'round-robin');
  t.equal(result.providers.Grok2API!.use, 'grok2api');
  t.same(result.models.m!.targets, [{ provider: 'Grok2API' }, { provider: 'process' }]);
});

t.test('a named file that is missing or unreadable is reported', async (t) => {
  const root = await folderOf(t, stubs);
  const registry = await PluginRegistry.read(root);
  const absent = join(root, 'none.yaml');
  await t.rejects(readConfig({ file: absent, root, env: {}, registry }), {
    code: 'config_invalid',
    message: `The config file ${absent} does not exist`,
  });
  await t.rejects(readConfig({ file: root, root, env: {}, registry }), {
    code: 'config_invalid',
    message: /is a folder: name the file in it/,
  });
});

t.test("the editors' schema accepts the example and refuses what the check refuses", async (t) => {
  const registry = await PluginRegistry.read(await folderOf(t, stubs));
  const check = new Ajv({ strict: false }).compile(editorSchema(registry));
  t.ok(check(parse(EXAMPLE)));
  for (const accepted of [
    'server: { port: $PORT }',
    'timeouts: { idle: 500 }',
    'retry:',
    'providers: { grok2api: }',
    'traces: { keep: 1 }',
  ]) {
    t.ok(check(parse(accepted)), accepted);
  }
  for (const refused of [
    'servr: {}',
    'timeouts: { idle: soon }',
    'timeouts: { idle: 0 }',
    'providers: { x: {} }',
    'providers: { x: { use: grok2api, y: 1 } }',
  ]) {
    t.notOk(check(parse(refused)), refused);
  }
});

import t from 'tap';
import { PluginRegistry } from '../../config/plugins/registry.ts';
import { checkConfig } from '../../config/check.ts';
import { folderOf, mistakesOf, stubs } from './stub-gateway.ts';

const DURATION = "a duration above 0 such as '500ms', '5s', '2m' or '1h', or a number of ms";
const LAB = 'use: openai-compatible, baseUrl: http://127.0.0.1:1/v1';

/** One mistake each: the config, and the line that tells it. */
const TABLE: Record<string, [config: string, told: string | RegExp]> = {
  'a wrong type': [
    'server:\n  port: "80"\n',
    "switchyard.yaml:2:9: server.port: '80' is not allowed; allowed: a whole number from 0 to 65535",
  ],
  'out of bounds': [
    'server: { port: 70000 }',
    'switchyard.yaml:1:17: server.port: 70000 is not allowed; allowed: a whole number from 0 to 65535',
  ],
  'a weight beside which the others are nothing': [
    `providers:\n  lab: { ${LAB} }\nmodels: { m: { targets: [{ provider: lab }, { provider: lab, weight: 1e308 }] } }`,
    'switchyard.yaml:3:70: models.m.targets[1].weight: 1e+308 is not allowed; allowed: a number above 0 and of at most 1000000',
  ],
  'a weight of no end': [
    `providers:\n  lab: { ${LAB} }\nmodels: { m: { targets: [{ provider: lab, weight: .inf }] } }`,
    /models\.m\.targets\[0\]\.weight: Infinity is not allowed; allowed: a number above 0/,
  ],
  'strategies within strategies, thousands of them': [
    `strategy: ${'{ use: priority, within: '.repeat(5_000)}{}${' }'.repeat(5_000)}`,
    /^switchyard\.yaml:1:15\d\d: nested too deep, at most 64 levels$/,
  ],
  'the same, line by line': [
    Array.from({ length: 2_000 }, (_, depth) => `${' '.repeat(depth)}within:\n`).join(''),
    'switchyard.yaml:65:65: nested too deep, at most 64 levels',
  ],
  'lists in lists': [
    `plugins: ${'['.repeat(9_000)}${']'.repeat(9_000)}`,
    'switchyard.yaml:1:73: nested too deep, at most 64 levels',
  ],
  'what goes deep by its anchors': [
    `a: &a ${'['.repeat(50)}${']'.repeat(50)}\nb: ${'['.repeat(50)}*a${']'.repeat(50)}\n`,
    'switchyard.yaml:2:6: b[0][0]: nested too deep, at most 64 levels',
  ],
  'aliases of aliases': [
    [
      'a: &a0 [x]',
      ...Array.from({ length: 9 }, (_, at) => `b${at}: &a${at + 1} [${Array(9).fill(`*a${at}`)}]`),
    ].join('\n'),
    'switchyard.yaml:1:1: its aliases repeat one value more than 5000 times; allowed: fewer',
  ],
  'a choice': [
    'unknownModels: maybe',
    "switchyard.yaml:1:16: unknownModels: 'maybe' is not allowed; allowed: one of 'route', 'reject'",
  ],
  'an unknown section': [
    'provider: {}',
    "switchyard.yaml:1:1: provider: unknown (did you mean 'providers'?)",
  ],
  'a section that is like no other': [
    'xyz: {}',
    /^switchyard\.yaml:1:1: xyz: unknown; allowed here: '\$schema', 'server'/,
  ],
  'an unknown word': [
    'timeouts:\n  first_byte: 5s\n',
    /^switchyard\.yaml:2:3: timeouts\.first_byte: unknown \(did you mean 'firstByte'\?\); allowed here: 'connect'/,
  ],
  "an unknown word in a plugin's options": [
    `providers:\n  lab: { ${LAB}, concurency: 1 }`,
    /^switchyard\.yaml:2:\d+: providers\.lab\.concurency: unknown \(did you mean 'concurrency'\?\); allowed here: 'use', 'enabled', 'baseUrl'/,
  ],
  'an unknown word below those': [
    `providers:\n  lab: { ${LAB}, timeouts: { idel: 5s } }`,
    /providers\.lab\.timeouts\.idel: unknown \(did you mean 'idle'\?\); allowed here: 'idle'$/,
  ],
  'no duration': [
    `providers:\n  lab: { ${LAB}, timeouts: { idle: soon } }`,
    `switchyard.yaml:2:84: providers.lab.timeouts.idle: 'soon' is not allowed; allowed: ${DURATION}`,
  ],
  'a duration of nothing': [
    'timeouts: { idle: 0s }',
    `switchyard.yaml:1:19: timeouts.idle: '0s' is not allowed; allowed: ${DURATION}`,
  ],
  'a duration longer than timers can wait': [
    'timeouts: { total: 30d }',
    `switchyard.yaml:1:20: timeouts.total: '30d' is not allowed; allowed: ${DURATION}`,
  ],
  'no size': [
    'limits: { event: 10 parsecs }',
    /limits\.event: '10 parsecs' is not allowed; allowed: a size above 0 such as '512KiB'/,
  ],
  'something missing': [
    'providers:\n  lab:\n    use: openai-compatible\n',
    'switchyard.yaml:2:3: providers.lab.baseUrl: missing, and there is no default; allowed: a URL such as https://api.example.com/v1',
  ],
  'no URL': [
    'providers: { lab: { use: openai-compatible, baseUrl: here } }',
    /providers\.lab\.baseUrl: 'here' is not allowed; allowed: a URL such as/,
  ],
  'the name of a strategy alone': [
    'strategy: p2c',
    "switchyard.yaml:1:11: strategy: a text is not allowed; allowed: a map of 'use', such as { use: round-robin }",
  ],
  'the name of a provider in the place of targets': [
    'models: { m: process }',
    /models\.m: a text is not allowed; allowed: a map of .+, such as \{ targets: \[ \{ provider: openai \} \] \}$/,
  ],
  tabs: ['server:\n\tport: 1\n', 'switchyard.yaml:2:1: tabs do not indent in YAML; allowed: spaces'],
  'a provider without a plugin': [
    'providers:\n  labs: { apiKey: x }\n',
    "switchyard.yaml:2:3: providers.labs.use: missing, and 'labs' is not a provider plugin; allowed: 'grok2api', 'openai-compatible', 'process', a path or an installed package",
  ],
  'a plugin that is not there': [
    'providers: { lab: { use: openai-compatable } }',
    /^switchyard\.yaml:1:26: providers\.lab\.use: there is no provider plugin 'openai-compatable' \(did you mean 'openai-compatible'\?\); allowed: 'grok2api'/,
  ],
  'a strategy that is not there': [
    'strategy: { use: p2x }',
    /strategy\.use: there is no strategy plugin 'p2x' \(did you mean 'p2c'\?\); allowed: 'p2c', 'priority', 'round-robin', a path/,
  ],
  "a strategy's option": [
    'models: { m: { strategy: { use: p2c, decay: x }, targets: [{ provider: process }] } }',
    /models\.m\.strategy\.decay: 'x' is not allowed; allowed: a duration/,
  ],
  'a strategy without a name': [
    'models: { m: { strategy: {}, targets: [{ provider: process }] } }',
    /models\.m\.strategy\.use: missing/,
  ],
  'no targets': [
    'models: { m: { targets: [] } }',
    'switchyard.yaml:1:25: models.m.targets: an empty list is not allowed; allowed: a list of at least 1',
  ],
  'a target of an unknown provider': [
    'models:\n  gpt-4.1:\n    targets:\n      - provider: proces\n',
    "switchyard.yaml:4:19: models.\"gpt-4.1\".targets[0].provider: 'proces' is not a provider (did you mean 'process'?); allowed: 'grok2api', 'openai-compatible', 'process'",
  ],
  'a weight of nothing': [
    'models: { m: { targets: [{ provider: process, weight: 0 }] } }',
    /targets\[0\]\.weight: 0 is not allowed; allowed: a number above 0/,
  ],
  'a name that would be a path': [
    'providers: { ../x: { use: grok2api } }',
    /^switchyard\.yaml:1:14: providers\."\.\.\/x": this name is not allowed; allowed: a text such as 'lab'/,
  ],
  'a key too short': [
    'server: { apiKeys: [short] }',
    'switchyard.yaml:1:21: server.apiKeys[0]: *** is not allowed; allowed: a text of at least 8 characters',
  ],
  'a key where a provider belongs': [
    'providers: { openai-compatible: sk-123 }',
    /providers\.openai-compatible: a text is not allowed; allowed: a map of 'use', 'enabled', 'baseUrl', 'apiKey'/,
  ],
  'listening to others without keys': [
    'server: { host: 0.0.0.0 }',
    "switchyard.yaml:1:17: server.host: '0.0.0.0' can be reached by others and no key is asked for; allowed: 127.0.0.1, ::1 or localhost, or set server.apiKeys",
  ],
  'an origin with a path': [
    'server: { origins: [https://a.example/] }',
    /server\.origins\[0\]: 'https:\/\/a\.example\/' is not allowed; allowed: a text such as 'https:\/\/app\.example\.com'/,
  ],
  "a feature's option": [
    'traces: { keep: many }',
    "switchyard.yaml:1:17: traces.keep: 'many' is not allowed; allowed: a whole number of at least 0",
  ],
  'a variable that is not set': [
    'providers:\n  lab: { use: openai-compatible, baseUrl: $NOWHERE }\n',
    'switchyard.yaml:2:43: providers.lab.baseUrl: the environment variable NOWHERE is not set; set it, put it into .env beside the config, or write ${NOWHERE:-default}; a dollar sign itself is $$',
  ],
  'a key twice': [
    'server: {}\nmodels: {}\nserver: {}\n',
    'switchyard.yaml:3:1: the key server stands twice in this map; allowed: once',
  ],
  'broken syntax': ['server: { port: 1\nmodels: {}\n', /^switchyard\.yaml:2:\d+: /],
  'an unknown tag': ['server: !include other.yaml', 'switchyard.yaml:1:9: Unresolved tag: !include'],
  'no map at all': [
    '- a\n',
    'switchyard.yaml:1:1: the config: it must be a map of sections such as server and providers',
  ],
};

t.test('each kind of mistake is reported with file, line, path, value and the allowed values', async (t) => {
  for (const [kind, [config, told]] of Object.entries(TABLE)) {
    const [head, ...lines] = await mistakesOf(t, { config });
    t.equal(head, 'The config has a mistake:', kind);
    t.match(lines, [told], kind);
  }
});

t.test('all mistakes are reported at once, in the order of the file', async (t) => {
  const config =
    'unknownModels: x\nserver: { prot: 1 }\nmodels: { m: { targets: [{ provider: unknown }] } }\nstrategy: { use: none }\n';
  const lines = await mistakesOf(t, { config });
  t.match(lines, [
    'The config has 4 mistakes:',
    /:1:16: unknownModels/,
    /:2:11: server\.prot/,
    /:3:38: models\.m/,
    /:4:18: strategy\.use/,
  ]);
});

t.test('a place is found through anchors and merged maps', async (t) => {
  const config = 'providers:\n  a: &a { use: grok2api, start: never }\n  b: { <<: *a }\n';
  const lines = await mistakesOf(t, { config });
  t.match(lines, ['The config has 2 mistakes:', /:2:33: providers\.a\.start/, /:3:3: providers\.b\.start/]);
});

t.test('a config object is checked the same way, under the name config', async (t) => {
  const folder = await folderOf(t, stubs);
  const registry = await PluginRegistry.read(folder);
  const check = (value: unknown) => checkConfig({ value, env: { PORT: '81' }, registry, folder });
  await t.rejects(check({ server: { prot: 1 } }), {
    message: /\n {2}config: server\.prot: unknown \(did you mean 'port'\?\)/,
  });
  const itself: Record<string, unknown> = { use: 'p2c' };
  itself.within = itself;
  await t.rejects(check({ strategy: itself }), {
    message: /config: strategy\.within\.within: nested too deep, at most 64 levels/,
  });
  await t.rejects(check([]), { message: /config: the config: it must be a map/ });
  t.match(await check({ server: { port: '$PORT', host: undefined } }), {
    config: { server: { port: 81, host: '127.0.0.1' } },
    folder,
  });
  t.match((await check(undefined)).config, { unknownModels: undefined });
});

t.test('with keys, or on loopback, any host is fine', async (t) => {
  const folder = await folderOf(t, stubs);
  const registry = await PluginRegistry.read(folder);
  for (const server of [
    { host: '0.0.0.0', apiKeys: ['long-enough'] },
    { host: '127.8.9.1' },
    { host: '::1' },
    { host: 'localhost' },
  ]) {
    t.match((await checkConfig({ value: { server }, env: {}, registry, folder })).config, { server });
  }
});

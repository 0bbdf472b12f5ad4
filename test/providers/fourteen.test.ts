// What all fourteen must say, and what they may not do unasked.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Provider } from '../../core/contracts/index.ts';
import { root } from '../../gateway.ts';
import { startSwitchyard } from '../switchyard.ts';
import { readRecording } from '../upstream/recordings.ts';
import { registry, make, type Described } from './fourteen.ts';
import { testFolder } from '../test-folder.ts';

const PORTS: Readonly<Record<string, number>> = {
  'qwen-api': 8000,
  qwenchat2api: 8001,
  k2think2api3: 8002,
  k2think2api2: 8003,
  k2Think2Api: 8004,
  grok2api: 8005,
  'OpenAI-Compatible-API-Proxy-for-Z': 8006,
  'zai-python-sdk': 8007,
  'z.ai2api_python': 8008,
  ZtoApi: 8009,
  'Z.ai2api': 8010,
  ZtoApits: 8011,
  TalkAI: 8012,
  'copilot-proxy': 8013,
};

const ALIASES: Readonly<Record<string, string>> = {
  'openai-proxy-z': 'OpenAI-Compatible-API-Proxy-for-Z',
  'z-ai2api-python': 'z.ai2api_python',
  'z-ai2api': 'Z.ai2api',
  ztoapi: 'ZtoApi',
  ztoapits: 'ZtoApits',
  talkai: 'TalkAI',
  K2THINK2API: 'k2Think2Api',
  K2Think2Api3: 'k2think2api3',
  'Z.AI2API-Python': 'z.ai2api_python',
};

const names = Object.keys(PORTS);

/** Everything as the operator would have to give it. */
function whole(name: string): Provider {
  const source =
    name.startsWith('k2think2api2') || name === 'qwen-api' ? { source: { folder: '/code' } } : {};
  const wanted = Object.keys(make(name, source).process!.secrets ?? {});
  return make(name, { ...source, secrets: Object.fromEntries(wanted.map((one) => [one, 'given'])) });
}

t.test('each has its own name, and is found by its aliases only', (t) => {
  for (const name of names) t.equal(registry.get('provider', name)?.name, name);
  for (const [alias, name] of Object.entries(ALIASES))
    t.equal(registry.get('provider', alias)?.name, name, alias);
  t.equal(new Set(names.map((name) => registry.get('provider', name))).size, names.length);
  t.end();
});

t.test('each has its port, and all notes for a person before its installation', (t) => {
  for (const name of names) {
    const { process: spec, quirks, models, surfaces, lacks } = whole(name);
    t.equal(spec!.port, PORTS[name], name);
    t.same(lacks, [], `${name} lacks nothing more`);
    t.ok(registry.list('toolchain').some((one) => one.name === spec!.source!.toolchain));
    t.ok(
      spec!.notes.risks.some((risk) => /unofficial/.test(risk)),
      `${name}: risks`,
    );
    t.ok(spec!.notes.writes.length > 0, `${name}: what it writes`);
    t.ok(Object.keys(models!).length > 0 && surfaces.includes('chat'), name);
    t.ok(['both', 'only', 'never'].includes(quirks.streams));
    t.equal(spec!.start, 'manual');
    t.match(spec!.probe, { path: /^\//, withinMs: Number });
    for (const [secret, { description }] of Object.entries(spec!.secrets ?? {}))
      t.ok(description.length > 10, `${name}: ${secret}`);
  }
  t.end();
});

t.test('each placeholder is a known one', (t) => {
  const switchyard = ['port', 'host', 'key', 'folder', 'data', 'checkout'];
  const made: Record<string, string[]> = {
    python: ['python', 'lib'],
    node: ['node', 'app'],
    go: ['program'],
    deno: ['deno', 'denodir'],
  };
  for (const name of names) {
    const { command, env, files = {}, secrets = {}, source } = whole(name).process!;
    const known = [...switchyard, ...made[source!.toolchain]!];
    const used = (texts: readonly unknown[]) =>
      texts
        .flatMap((text) => (typeof text === 'string' ? [...text.matchAll(/\{(\w+)\}/g)] : []))
        .map(([, one]) => one!);
    for (const one of used([...command, ...Object.values(env)]))
      t.ok(known.includes(one), `${name}: {${one}}`);
    for (const one of used(Object.values(files)))
      t.ok([...known, ...Object.keys(secrets)].includes(one), `${name}: {${one}}`);
    t.ok(
      used([...command, ...Object.values(env), ...Object.values(files)]).includes('port'),
      `${name} is told its port`,
    );
  }
  t.end();
});

t.test('no file holds credentials', (t) => {
  for (const name of names) {
    const text = readFileSync(join(root, 'providers', `${name}.ts`), 'utf8');
    t.notMatch(text, /\bsk-\w{3,}|eyJ[\w-]{10,}|gh[pousr]_\w{10,}|Bearer \S{8,}/, name);
  }
  t.end();
});

t.test('nothing leaks into the log, and no well-known key opens a program', (t) => {
  const env = (name: string) => whole(name).process!.env;
  for (const name of ['OpenAI-Compatible-API-Proxy-for-Z', 'ZtoApi', 'ZtoApits']) {
    t.equal(env(name).DEBUG_MODE, 'false');
    t.equal(env(name).DEFAULT_KEY, '{key}');
  }
  t.equal(env('z.ai2api_python').DEBUG_LOGGING, 'false');
  t.ok(env('OpenAI-Compatible-API-Proxy-for-Z').UPSTREAM_TOKEN, 'the one left in it is never sent');
  for (const name of ['qwenchat2api', 'ZtoApits'])
    t.equal(
      env(name).DENO_NO_PACKAGE_JSON,
      '1',
      `${name} puts no deno.lock beside a package.json of the user`,
    );
  t.end();
});

t.test(
  'k2think2api3 is ready as long as one of its tokens is in use, whatever it says of its health',
  (t) => {
    const { ready } = make('k2think2api3').process!.probe;
    const health = (name: string): unknown =>
      JSON.parse(readRecording(`providers/k2think2api3/${name}.txt`).body.toString());
    t.equal(ready!(health('health')), undefined);
    t.match(ready!(health('health-after-failures')), /none of its tokens is in use/);
    t.end();
  },
);

t.test('a program that cannot start says what it lacks, and how to set it', (t) => {
  t.match(make('k2think2api2').lacks, [/its source is no longer available: name its code/]);
  t.match(make('grok2api').lacks, [/^set providers\.grok2api\.secrets\.SSO: /]);
  t.match(make('qwen-api').lacks, [/^set providers\.qwen-api\.apiKey/]);
  t.same(make('qwen-api', { apiKey: 'mine' }).lacks, []);
  t.notOk(make('qwen-api').process, 'it is somewhere else');
  t.throws(() => make('grok2api', { source: { git: 'https://git.example.com/x.git' } }), /source/);
  t.end();
});

t.test('without a config they are listed, and none is used, fetched or started', async (t) => {
  const switchyard = await startSwitchyard(t, { home: join(testFolder(t, {}), 'home') });
  const { providers } = (await switchyard.ask('/providers')).json() as { providers: Described[] };
  for (const name of names) {
    const one = providers.find((its) => its.name === name);
    t.match(one, { state: 'absent', dormant: true }, name);
  }
  t.match(
    providers.find(({ name }) => name === 'ZtoApits'),
    { process: { start: 'manual', source: /^https/ } },
  );
  const { data } = (await switchyard.ask('/v1/models')).json() as { data: { id: string }[] };
  t.same(
    data.map(({ id }) => id),
    ['smollm2-135m-instruct'],
    'the embedded model still answers',
  );
  const pinned = await switchyard.ask('/v1/chat/completions?provider=z-ai2api', {
    body: { model: 'glm-4.5', messages: [{ role: 'user', content: 'hi' }] },
  });
  t.match(pinned.json().error, { message: /Z\.ai2api is absent, and it is started by hand only/ });
  t.notOk(switchyard.gateway.upstreams.get('Z.ai2api')!.process!.pid);
});

t.test('a route to a program has it started by the request, under any of its names', async (t) => {
  const switchyard = await startSwitchyard(t, {
    home: join(testFolder(t, {}), 'home'),
    models: {
      glm: { targets: [{ provider: 'openai-proxy-z', model: 'GLM-4.5' }] },
      k2: { targets: [{ provider: 'k2think2api2' }] },
    },
    providers: { 'z-ai2api': { start: 'manual' } },
  });
  t.equal(
    switchyard.gateway.upstreams.get('OpenAI-Compatible-API-Proxy-for-Z')!.provider.process!.start,
    'on-demand',
  );
  t.notOk(switchyard.gateway.upstreams.get('Z.ai2api'), 'an entry by an alias is the one');
  t.equal(switchyard.gateway.upstreams.get('z-ai2api')!.provider.process!.start, 'manual');
  const { error } = (await switchyard.chat({ model: 'k2' })).json();
  t.match(error, { code: 'provider_unavailable', message: /its source is no longer available/ });
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { PluginRegistry, type Kind } from '../config/plugins/registry.ts';
import { errorCodes } from '../core/errors.ts';
import { root } from '../gateway.ts';
import { ENTRIES, isFile, readSources, type Source } from './sources.ts';

const sources = await readSources();

/** What the files of each folder may import of this project, beside their own folder. The first that fits a path counts. */
const MAY_IMPORT: readonly (readonly [folder: RegExp, imports: RegExp])[] = [
  [/^core\/contracts\//, /^$/],
  // Inside core, imports go one way only.
  [/^core\/(?:errors\.ts|(?:events|failures|timeouts|trace|upstreams)\/)/, inCore()],
  [/^core\/request\//, inCore('timeouts')],
  [/^core\/translation\//, inCore('failures')],
  [/^core\/relay\//, inCore('failures|translation')],
  [/^core\/routing\//, inCore('translation|upstreams')],
  [/^core\/attempt\//, inCore('failures|relay|timeouts|trace|translation')],
  [/^core\/dispatch\//, inCore('attempt|failures|relay|request|timeouts|trace|translation|upstreams|events')],
  [/^core\//, /^(core|wire)\//],
  [/^gateway\//, /^(core|wire)\//],
  [/^wire\//, /^(wire|core\/contracts)\//],
  [/^server\//, /^(core|wire)\//],
  [/^kits\//, /^(kits|core|wire)\//],
  [/^config\//, /^(config|kits|core|wire)\//],
  [/^plugins\/surfaces\/admin\//, /^(core\/contracts|kits|wire|config)\/|^core\/errors\.ts$/],
  [/^(plugins|providers)\//, /^(core\/contracts|kits|wire)\/|^core\/errors\.ts$/],
  // Without a gateway it asks the supervisor, where there is one: one file loads it, late.
  [/^command\/client\/load-supervisor\.ts$/, /^plugins\/supervisor\/offline\.ts$/],
  // The types of what the management API answers are its schemas' own, as in `web/`.
  [/^command\/client\/answers\.ts$/, /^(core\/contracts|plugins\/[\w/]+\/answers)(\/|\.ts$)/],
  [/^command\//, /^(command|config|gateway|kits|core|wire)\//],
];

/** What a folder of core may import: the contract, the errors, `wire/`, and these folders of core. */
function inCore(folders = 'contracts'): RegExp {
  return new RegExp(`^(wire|core/(contracts|${folders}))(/|$)|^core/errors\\.ts$`);
}

/** A plugin's own file and folder: `providers/embedded`, `plugins/surfaces/openai`, `plugins/traces`. */
function boxOf(path: string): string {
  const plugin = /^(providers\/[^/]+|plugins\/(?:(?:strategies|surfaces|toolchains|transports)\/)?[^/]+)/;
  return (plugin.exec(path)?.[0] ?? path.split('/').slice(0, -1).join('/')).replace(/\.ts$/, '');
}

for (const [folder, allowed] of MAY_IMPORT)
  t.test(`${folder.source.replaceAll('\\', '')} imports only what it may`, (t) => {
    const inFolder = ({ path }: Source): boolean =>
      MAY_IMPORT.find(([other]) => other.test(path))?.[0] === folder;
    for (const file of sources.filter(inFolder)) {
      const own = boxOf(file.path);
      const wrong = file.imports.filter((name) => isFile(name) && !allowed.test(name) && boxOf(name) !== own);
      t.same(wrong, [], file.path);
    }
    t.end();
  });

/** Members of the contract that are written through it, and by what. Of all others the compiler refuses it. */
const WRITTEN: Readonly<Record<string, string>> = {
  Deadline: 'its owner moves it, and the timer keeps its neighbours in it',
  Context: 'core, once its request is counted',
  Attempt: 'core, while it runs',
  Trace: 'core, while its request runs',
  Address: 'the supervisor, at each start',
};

t.test('what core gives to plugins is read only', (t) => {
  for (const { path, code } of sources.filter((file) => file.path.startsWith('core/contracts/')))
    for (const [, name, members] of code.matchAll(/^export interface (\w+)[^]*?\{\n([^]*?)^\}/gm))
      if (!Object.hasOwn(WRITTEN, name as string))
        t.same((members as string).match(/^  (?!readonly )\w+\??:.*/gm) ?? [], [], `${path}: ${name}`);
  const assigned =
    /\b(?:gateway|upstreams?|target|stats|circuit|context|trace|attempt|disconnect|sink|route)(?:[!?]?\.\w+)+ (?:[-+*/]|\?\?|\|\||&&)?= .*/g;
  for (const { path, code } of sources.filter((file) => /^(plugins|providers)\//.test(file.path)))
    t.same(code.match(assigned) ?? [], [], path);
  t.end();
});

t.test('the gateway finds plugins by their folders', (t) => {
  const [gateway] = sources.filter(({ path }) => path === 'gateway.ts');
  const named = (gateway as Source).imports.filter((name) => /^(plugins|providers)\//.test(name));
  t.same(named, []);
  t.end();
});

const BESIDE_INDEX = [
  // The dashboard shares these schemas with the management API; they are too plainly named for a kit.
  'kits/feature-kit/answers.ts',
  // The history's thread needs nothing else of the kit, and each file that it loads is in memory twice.
  'kits/feature-kit/request-filter.ts',
];

t.test('plugins import a kit by its entry file, as a plugin from elsewhere does', (t) => {
  const kit = /^kits\/(provider|strategy|toolchain|surface|feature|transport)-kit\/(?!index\.ts$)/;
  for (const { path, imports } of sources.filter((file) => /^(plugins|providers)\//.test(file.path)))
    t.same(
      imports.filter((name) => kit.test(name) && !BESIDE_INDEX.includes(name)),
      [],
      path,
    );
  t.end();
});

t.test('JSON Schemas are compiled in one place, which says why', (t) => {
  const makers = sources.filter(({ code }) => /\bnew Ajv\b/.test(code)).map(({ path }) => path);
  t.strictSame(makers, ['kits/feature-kit/validator.ts']);
  t.end();
});

/** Packages that every start needs. All others, and Node's HTTP module with its fetch and WebSocket, are loaded with their first use. */
const AT_THE_START = ['fastify', 'fastify-plugin', 'yaml'];
/** Files that are loaded with their first use. */
const LATE = [
  'plugins/workers/work.ts',
  'plugins/telemetry/send-logs.ts',
  'command/client/doctor/network.ts',
];

t.test('a start loads no package that most gateways never use', (t) => {
  // `import { type Server }` loads the module; `import type` does not.
  const value = /^(?:import|export)\s(?!type\s)(?:[^;'"`]*?\sfrom\s)?\s*'([^']+)'/gm;
  for (const { path, code } of sources.filter((file) => !LATE.includes(file.path))) {
    const names = [...code.matchAll(value)].map(([, name]) => name as string);
    const packages = names.filter((name) => !name.startsWith('.') && !name.startsWith('node:'));
    t.same(
      packages.map(packageOf).filter((name) => !AT_THE_START.includes(name)),
      [],
      `${path}: createRequire or import() where it is used`,
    );
    t.notOk(names.includes('node:http'), `${path}: values of it come from wire/node-http.ts`);
  }
  t.end();
});

/** The process, and each plugin there is. */
const STARTED =
  /^(?:main|(?:providers|plugins|plugins\/(?:strategies|surfaces|toolchains|transports))\/(?:[\w.-]+|[\w-]+\/index))\.ts$/;

t.test('a start loads no file that is loaded where it is used', (t) => {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const loaded = new Set<string>();
  const load = (path: string): void => {
    const source = byPath.get(path);
    if (!source || loaded.has(path)) return;
    loaded.add(path);
    for (const name of source.running.filter((one) => !source.late.includes(one))) load(name);
  };
  for (const { path } of sources) if (STARTED.test(path)) load(path);
  for (const { path, late } of sources.filter((source) => loaded.has(source.path)))
    t.same(
      late.filter((name) => loaded.has(name)),
      [],
      `${path}: what it loads late is imported by something else`,
    );
  t.end();
});

t.test('what is imported is a dependency, and what is a dependency is imported', async (t) => {
  type Group = 'dependencies' | 'optionalDependencies' | 'devDependencies';
  const { devDependencies, ...rest } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  ) as Record<Group, Record<string, string>>;
  const dependencies = { ...rest.dependencies, ...rest.optionalDependencies };
  const packages = (names: readonly string[]): string[] => {
    const external = names.filter((name) => !isFile(name) && !name.startsWith('node:'));
    return [...new Set(external.map(packageOf))].sort();
  };
  // The package's types name it: its users check their plugins with it.
  const ofTypes = ['json-schema-to-ts'];
  const running = packages(sources.flatMap((source) => source.running));
  t.same([...running, ...ofTypes].sort(), Object.keys(dependencies).sort());
  for (const name of packages(sources.flatMap(({ imports }) => imports)))
    t.ok(Object.hasOwn({ ...dependencies, ...devDependencies }, name), `${name} is there for its types`);
  for (const version of Object.values(dependencies)) t.match(version, /^\d+\.\d+\.\d+/, 'exact');
});

function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Plugins whose names are also words of core's own, and as which. */
const WORDS: Readonly<Record<string, string>> = {
  random: 'the chance that is lent to plugins',
  guard: 'what takes a process along when the gateway dies',
  process: 'a program that the gateway runs',
  priority: 'the rank that the config gives a target',
  node: 'where the modules of the runtime are',
  go: 'an English word',
  events: 'what a stream of answers is made of',
  history: 'what a process went through',
  supervisor: 'what runs the programs that providers declare',
  workers: 'an English word',
  cache: 'a part of a header of HTTP',
  shared: 'what the targets of a provider have in common',
};

t.test('what error codes mean is listed in one table: core/errors.ts', (t) => {
  const listed = new RegExp(`\\[\\s*'(?:${errorCodes.join('|')})',\\s*'(?:${errorCodes.join('|')})'`);
  t.same(
    sources.filter(({ code }) => listed.test(code)).map(({ path }) => path),
    [],
    'a list of codes in another file is a column that is missing there',
  );
  t.end();
});

t.test('core names no vendor, no strategy and no feature', async (t) => {
  const registry = await PluginRegistry.read(root);
  const kinds: Kind[] = ['provider', 'strategy', 'toolchain', 'transport', 'surface', 'feature'];
  const named = kinds
    .flatMap((kind) => registry.list(kind).map(({ name }) => name))
    .filter((name) => !Object.hasOwn(WORDS, name));
  const vendors = [
    'anthropic',
    'claude',
    'gemini',
    'gpt-\\w*',
    'azure',
    'bedrock',
    'cohere',
    'smollm\\w*',
    'llama\\.cpp',
    'p2c',
    'least-connections',
    'prometheus',
  ];
  const words = new RegExp(`\\b(${[...new Set([...named, ...vendors])].join('|')})\\b`, 'gi');
  for (const { path, code } of sources.filter((file) => file.path.startsWith('core/')))
    t.same(code.match(words) ?? [], [], path);
});

t.test('a remote that speaks OpenAI costs one file of at most 20 lines', (t) => {
  const remotes = sources.filter(
    ({ path, code }) => path.startsWith('providers/') && /\bremote\(/.test(code),
  );
  t.ok(remotes.length >= 10);
  for (const { path, lines } of remotes) t.ok(lines <= 20, `${path}: ${lines} lines`);
  t.end();
});

t.test('a strategy is at most 40 lines long', (t) => {
  for (const { path, lines } of sources.filter((file) => /^plugins\/strategies\/[^/]+\.ts$/.test(file.path)))
    t.ok(lines <= 40, `${path}: ${lines} lines`);
  t.end();
});

t.test('no file is long, and most are short', (t) => {
  const boxed = sources.filter(({ path }) => !(ENTRIES as readonly string[]).includes(path));
  for (const { path, lines } of boxed) t.ok(lines <= 300, `${path}: ${lines} lines`);
  const lengths = boxed.map(({ lines }) => lines).sort((a, b) => a - b);
  const median = lengths[Math.floor(lengths.length / 2)] as number;
  t.ok(median < 100, `half of them have at most ${median} lines`);
  t.end();
});

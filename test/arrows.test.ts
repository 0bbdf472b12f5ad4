import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import t from 'tap';
import { Catalogue, type Kind } from '../core/catalogue.ts';
import { root } from '../gateway.ts';

interface Source {
  /** from the project's root, with slashes */
  readonly path: string;
  /** without comments */
  readonly code: string;
  readonly lines: number;
}

const BOXES = ['core', 'plugins', 'providers', 'command'] as const;
const tops = ['gateway.ts', 'main.ts', 'plugin.ts'];
const sources = (
  await Promise.all([...BOXES.map((box) => below(box)), ...tops.map(async (path) => [await source(path)])])
).flat();

async function below(folder: string): Promise<Source[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.m?[jt]s$/.test(entry.name));
  return Promise.all(files.map((file) => source(relative(root, join(file.parentPath, file.name)))));
}

async function source(path: string): Promise<Source> {
  const text = await readFile(join(root, path), 'utf8');
  return {
    path: path.replaceAll('\\', '/'),
    code: withoutComments(text),
    lines: text.split('\n').length - 1,
  };
}

/** Texts stay, for a URL holds slashes too. */
function withoutComments(text: string): string {
  return text.replace(
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/.*|\/\*[^]*?\*\//g,
    '$1',
  );
}

/** What a file imports, static or not: packages as they are, files from the project's root. */
function imports({ path, code }: Source): string[] {
  const found = [
    ...code.matchAll(/^(?:import|export)\s(?:[^;'"`]*?\sfrom\s)?\s*'([^']+)'|\bimport\(\s*'([^']+)'/gm),
  ].map(([, fixed, late]) => (fixed ?? late) as string);
  return found.map((name) => (name.startsWith('.') ? join(dirname(path), name).replaceAll('\\', '/') : name));
}

const isFile = (name: string): boolean =>
  /^(core|plugins|providers|command|test|bench|web|apis|docs)\/|^[\w-]+\.ts$|^\.\./.test(name);

/** A plugin's own file and folder: `providers/embedded`, `plugins/surfaces/openai`, `plugins/traces`. */
function boxOf(path: string): string {
  return (
    /^(providers\/[^/]+|plugins\/(?:(?:strategies|surfaces|toolchains)\/)?[^/]+)/.exec(path)?.[0] ?? path
  ).replace(/\.ts$/, '');
}

t.test('core imports nothing outside of core', (t) => {
  for (const file of sources.filter(({ path }) => path.startsWith('core/'))) {
    const out = imports(file).filter((name) => isFile(name) && !name.startsWith('core/'));
    t.same(out, [], file.path);
  }
  t.end();
});

t.test('JSON Schemas are compiled by core/validator.ts alone, which says why', (t) => {
  const makers = sources.filter(({ code }) => /\bnew Ajv\b/.test(code)).map(({ path }) => path);
  t.strictSame(makers, ['core/validator.ts']);
  t.end();
});

t.test('a plugin and a provider import from core and from their own folder, not from each other', (t) => {
  for (const file of sources.filter(({ path }) => /^(plugins|providers)\//.test(path))) {
    const own = boxOf(file.path);
    const out = imports(file).filter(
      (name) => isFile(name) && !name.startsWith('core/') && boxOf(name) !== own,
    );
    t.same(out, [], file.path);
  }
  t.end();
});

t.test('only the house and the command know more', (t) => {
  for (const file of sources.filter(({ path }) => path.startsWith('command/'))) {
    t.same(
      imports(file).filter((name) => isFile(name) && !/^(core|command)\//.test(name)),
      [],
      file.path,
    );
  }
  const [house] = sources.filter(({ path }) => path === 'gateway.ts');
  t.same(
    imports(house as Source).filter((name) => isFile(name) && !name.startsWith('core/')),
    [],
    'the house finds plugins by their folders',
  );
  t.end();
});

t.test('what is imported is a dependency, and what is a dependency is imported', async (t) => {
  const { dependencies, devDependencies } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
  const packages = (files: readonly Source[]): string[] => {
    const named = files.flatMap(imports).filter((name) => !isFile(name) && !name.startsWith('node:'));
    return [...new Set(named.map(packageOf))].sort();
  };
  const running = sources.map((file) => ({ ...file, code: withoutTypeImports(file.code) }));
  t.same(packages(running), Object.keys(dependencies).sort());
  for (const name of packages(sources))
    t.ok(Object.hasOwn({ ...dependencies, ...devDependencies }, name), `${name} is there for its types`);
  for (const version of Object.values(dependencies)) t.match(version, /^\d+\.\d+\.\d+/, 'exact');
});

/** Node takes these away: what they name need not be there when the gateway runs. */
function withoutTypeImports(code: string): string {
  return code.replace(/^(?:import|export) type\s[^;]*?\sfrom\s'[^']+';/gm, '');
}

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
  process: 'a program that the yard runs',
  priority: 'the rank that the config gives a target',
  node: 'where the modules of the runtime are',
  go: 'an English word',
  events: 'what a stream of answers is made of',
  history: 'what a process went through',
  workers: 'an English word',
};

t.test('core names no vendor, no strategy and no feature', async (t) => {
  const catalogue = await Catalogue.read(root);
  const kinds: Kind[] = ['provider', 'strategy', 'toolchain', 'surface', 'feature'];
  const named = kinds
    .flatMap((kind) => catalogue.list(kind).map(({ name }) => name))
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

t.test('a strategy costs at most 40', (t) => {
  for (const { path, lines } of sources.filter((file) => /^plugins\/strategies\/[^/]+\.ts$/.test(file.path)))
    t.ok(lines <= 40, `${path}: ${lines} lines`);
  t.end();
});

/** Longer than a file should be, and why. */
const LONG: Readonly<Record<string, string>> = {};

t.test('no file is long, and most are short', (t) => {
  const boxed = sources.filter(({ path }) => !tops.includes(path));
  for (const { path, lines } of boxed)
    t.ok(lines <= 300 || Object.hasOwn(LONG, path), `${path}: ${lines} lines`);
  const lengths = boxed.map(({ lines }) => lines).sort((a, b) => a - b);
  const median = lengths[Math.floor(lengths.length / 2)] as number;
  t.ok(median < 100, `half of them have at most ${median} lines`);
  t.end();
});

/**
 * The floor plan in numbers, printed and bounded by `npm run check`. A number may fall and never grow: `layout.json` has
 * the bounds and the list of retired words.
 */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENTRIES, FOLDERS, readSources, type Source } from './sources.ts';

interface Bounds {
  /** lines of TypeScript in core/ */
  readonly coreLines: number;
  /** files directly in core/, errors.ts apart */
  readonly flatInCore: number;
  /** files side by side in the fullest folder of core/ */
  readonly sideBySide: number;
  /** files in import circles, types included, pairs inside one folder apart */
  readonly circular: number;
  /** imports of core/ by plugins and providers, contracts/ and errors.ts apart */
  readonly coreImportsOfPlugins: number;
  /** retired words in code, comments, tests, styles and docs */
  readonly retiredWords: number;
  /** folders of core/ and plugins/ without a README of one to five lines below its title */
  readonly unexplained: number;
  /** test files of more than 300 lines */
  readonly longTests: number;
  /** test files that stand where no source file or folder stands, tests of the whole gateway apart */
  readonly misplacedTests: number;
}

/** Tests of the whole gateway, as a client, a server, a proxy or an attacker meets it, and those of the project itself. */
const WHOLE = [
  'arrows',
  'behind-a-proxy',
  'bench',
  'clients',
  'deploy',
  'docs',
  'package',
  'security',
  'servers',
  'setup',
  /** the fake upstream of all tests, which has tests of its own */
  'upstream',
];

/** Where people read: code with its comments, styles and documentation. */
const SPOKEN = [...FOLDERS, 'docs', 'test', 'web/src', 'bench', 'findings', 'package', 'runtime'];

const { retired, ...bounds } = JSON.parse(
  await readFile(new URL('layout.json', import.meta.url), 'utf8'),
) as Bounds & {
  readonly retired: readonly string[];
};
const sources = await readSources();
const core = sources.filter(({ path }) => path.startsWith('core/'));
const circles = circlesOf(sources);
const tests = await readTests();
const found: Record<keyof Bounds, number | readonly string[]> = {
  coreLines: core.reduce((sum, { lines }) => sum + lines, 0),
  flatInCore: core
    .map(({ path }) => path)
    .filter((path) => dirname(path) === 'core' && path !== 'core/errors.ts'),
  sideBySide: Math.max(...countBy(core, ({ path }) => dirname(path)).values()),
  circular: circles.flat(),
  coreImportsOfPlugins: sources.flatMap(coreImports),
  retiredWords: await retiredWords(),
  unexplained: await unexplained(),
  longTests: tests.filter(({ lines }) => lines > 300).map(({ path, lines }) => `${path} has ${lines} lines`),
  misplacedTests: tests.flatMap(misplaced),
};

for (const [name, value] of Object.entries(found) as [keyof Bounds, number | readonly string[]][]) {
  const number = typeof value === 'number' ? value : value.length;
  const bound = bounds[name];
  const verdict = number > bound ? `more than ${bound}` : number < bound ? `lower the bound of ${bound}` : '';
  console.log(`${name.padEnd(22)} ${String(number).padStart(6)}  ${verdict}`.trimEnd());
  if (number <= bound) continue;
  process.exitCode = 1;
  if (typeof value !== 'number') for (const line of value.slice(0, 50)) console.log(`    ${line}`);
}

function coreImports({ path, imports }: Source): string[] {
  if (!/^(plugins|providers)\//.test(path)) return [];
  return imports
    .filter((name) => name.startsWith('core/') && !/^core\/(contracts\/|errors\.ts$)/.test(name))
    .map((name) => `${path} imports ${name}`);
}

/**
 * A test `test/a/b.test.ts` tests `a/b.ts` or the folder `a/b`. It may test all of a folder or file `a` under a name of its
 * own, but not under that of a source file deeper in `a`: there it belongs.
 */
function misplaced({ path }: { readonly path: string }): string[] {
  const name = path.replace(/^test\/(.*)\.test\.ts$/, '$1');
  const [first = ''] = name.split('/');
  if (WHOLE.includes(first) || first === 'web') return [];
  const places = new Set(
    sources.flatMap((source) => [source.path.replace(/\.m?ts$/, ''), ...foldersOf(source.path)]),
  );
  if (places.has(name)) return [];
  const folder = dirname(name);
  if (!places.has(folder)) return [`${path}: there is no ${folder}`];
  const deeper = [...places].find(
    (place) => place.startsWith(`${folder}/`) && basename(place) === basename(name),
  );
  return deeper === undefined ? [] : [`${path}: ${deeper} is the source`];
}

function foldersOf(path: string): string[] {
  const folder = dirname(path);
  return folder === '.' ? [] : [folder, ...foldersOf(folder)];
}

async function readTests(): Promise<{ path: string; lines: number }[]> {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.test.ts'));
  return Promise.all(
    names.map(async (name) => ({
      path: `test/${name.replaceAll('\\', '/')}`,
      lines: (await readFile(join(folder, name), 'utf8')).split('\n').length - 1,
    })),
  );
}

/** Strongly connected files, by Tarjan's algorithm. */
function circlesOf(all: readonly Source[]): string[][] {
  const byPath = new Map(all.map((source) => [source.path, source]));
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const result: string[][] = [];
  const visit = (path: string): number => {
    const own = index.size;
    index.set(path, own);
    low.set(path, own);
    stack.push(path);
    for (const next of byPath.get(path)?.imports ?? []) {
      if (!byPath.has(next)) continue;
      const reached = index.has(next) ? (stack.includes(next) ? low.get(next) : undefined) : visit(next);
      if (reached !== undefined) low.set(path, Math.min(low.get(path) as number, reached));
    }
    if (low.get(path) === own) {
      const circle = stack.splice(stack.indexOf(path));
      const isPair = circle.length === 2 && new Set(circle.map((file) => dirname(file))).size === 1;
      if (circle.length > 1 && !isPair) result.push(circle);
    }
    return low.get(path) as number;
  };
  for (const { path } of all) if (!index.has(path)) visit(path);
  return result;
}

async function retiredWords(): Promise<string[]> {
  const word = new RegExp(`\\b(${retired.join('|')})\\b`, 'gi');
  const root = fileURLToPath(new URL('..', import.meta.url));
  const pages = (await Promise.all(SPOKEN.map((folder) => pagesIn(root, folder)))).flat();
  const hits = await Promise.all(
    ['README.md', ...ENTRIES, ...pages].map(async (path) =>
      (await readFile(join(root, path), 'utf8'))
        .split('\n')
        .flatMap((line, at) => [...line.matchAll(word)].map(([hit]) => `${path}:${at + 1} ${hit}`)),
    ),
  );
  return hits.flat();
}

/** docs/upgrade.md has to name what was renamed, and fixtures are what others wrote. */
async function pagesIn(root: string, folder: string): Promise<string[]> {
  const names = await readdir(join(root, folder), { recursive: true });
  return names
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((path) => /\.(m?[jt]s|tsx|css|md)$/.test(path))
    .filter((path) => !/node_modules\/|^test\/fixtures\/|^docs\/upgrade\.md$/.test(path));
}

/** What a folder is for stands in it. */
async function unexplained(): Promise<string[]> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const folders = new Set(
    sources.flatMap(({ path }) => foldersOf(path)).filter((folder) => /^(core|plugins)(\/|$)/.test(folder)),
  );
  const read = (folder: string) => readFile(join(root, folder, 'README.md'), 'utf8').catch(() => '');
  const texts = await Promise.all([...folders].map(async (folder) => [folder, await read(folder)] as const));
  return texts.flatMap(([folder, text]) => {
    const lines = text
      .split('\n')
      .slice(1)
      .filter((line) => line !== '').length;
    return lines >= 1 && lines <= 5 ? [] : [`${folder}/README.md has ${lines} lines below its title`];
  });
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}

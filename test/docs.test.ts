import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import t from 'tap';
import { PluginRegistry } from '../config/plugins/registry.ts';
import { readConfig } from '../config/read.ts';
import { errorCodes, meaningOf, type ErrorCode } from '../core/errors.ts';
import { root } from '../gateway.ts';
import { closing, codesTable, statusTable } from './error-tables.ts';
import { testFolder } from './test-folder.ts';
import { ENTRIES, FOLDERS } from './sources.ts';

interface Page {
  /** from the project's root */
  readonly path: string;
  readonly text: string;
}

const names = [
  ...(await readdir(root)).filter((name) => name.endsWith('.md')),
  ...(await readdir(join(root, 'docs')))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
  'bench/README.md',
  'test/upstream/README.md',
  'apis/README.md',
  'plugins/README.md',
  'providers/README.md',
];
const pages: Page[] = await Promise.all(
  names.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })),
);
const page = (path: string): string => pages.find((one) => one.path === path)?.text ?? '';

/** What stands between fences of one language. */
function fenced(text: string, ...languages: string[]): string[] {
  return [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)]
    .filter(([, language]) => languages.includes(language ?? ''))
    .map(([, , inside]) => inside as string);
}

/** A page without its examples. */
const prose = (text: string): string => text.replace(/^```[^]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');

/** As GitHub makes an anchor of a heading. */
function anchors(text: string): Set<string> {
  const headings = [...text.replace(/^```[^]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm)].map(
    ([, heading]) => heading as string,
  );
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  );
}

t.test('docs/errors.md has each code once, with its status, and no other', (t) => {
  const rows = [
    ...page('docs/errors.md').matchAll(/^\| `(\w+)` \| (\d+) \| `(\w+)` \| ([^|]+) \| ([^|]+) \|$/gm),
  ];
  const described = rows.map(([, code]) => code as string);
  t.same(described.toSorted(), errorCodes.toSorted());
  for (const [, code = '', status, type, happened, remedy] of rows) {
    t.match(meaningOf(code as ErrorCode), { status: Number(status), type }, code);
    for (const text of [happened, remedy]) t.match(text, /^\S.{3,}[.?]$/, `${code}: a sentence`);
  }
  t.end();
});

t.test(
  'docs/errors.md has what follows from each code and status, as the tables of the code have it',
  (t) => {
    for (const text of [codesTable(), closing(), statusTable()])
      t.ok(page('docs/errors.md').includes(text), `docs/errors.md has:\n${text}`);
    t.end();
  },
);

t.test('each code is used, and none that is used is missing', async (t) => {
  const files = await Promise.all(
    FOLDERS.map(async (folder) => {
      const entries = await readdir(join(root, folder), { recursive: true });
      return Promise.all(
        entries
          .filter((name) => name.endsWith('.ts'))
          .map((name) => readFile(join(root, folder, name), 'utf8')),
      );
    }),
  );
  const entries = await Promise.all(ENTRIES.map((name) => readFile(join(root, name), 'utf8')));
  const code = [...files.flat(), ...entries].join('\n');
  for (const one of errorCodes) t.ok(code.includes(`'${one}'`), one);
});

t.test('every config in the docs is one', async (t) => {
  const registry = await PluginRegistry.read(root);
  const examples = pages.flatMap(({ path, text }) =>
    fenced(text, 'yaml', 'yml')
      .filter((inside) => /^(providers|server|models|strategy|timeouts|retry):/m.test(inside))
      .map((inside) => ({ path, inside })),
  );
  t.ok(examples.length >= 2);
  for (const [at, { path, inside }] of examples.entries()) {
    const folder = testFolder(t, {
      'switchyard.yaml': inside,
      ...Object.fromEntries(
        [...inside.matchAll(/\buse: \.\/([\w-]+)\.ts/g)].map(([, name]) => [
          `${name}.ts`,
          `export default { name: '${name}', options: { type: 'object', additionalProperties: true }, create() {} };`,
        ]),
      ),
    });
    const variables = [...inside.matchAll(/\$\{?([A-Z_][A-Z0-9_]*)/g)].map(([, name]) => [
      name as string,
      'a-key-long-enough',
    ]);
    await t.resolves(
      readConfig({ root: folder, env: Object.fromEntries(variables), registry }),
      `${path}, example ${at + 1}`,
    );
  }
});

t.test('a how-to that shows a whole file shows the current one', async (t) => {
  const shown = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/^This is all of \[([^\]]+)\]\([^)]+\):\n\n```ts\n([^]*?)^```$/gm)].map(
      ([, file = '', inside]) => ({ path, file, inside }),
    ),
  );
  t.ok(shown.length >= 2);
  for (const { path, file, inside } of shown)
    t.equal(inside, await readFile(join(root, file), 'utf8'), `${path}: ${file}`);
});

t.test('every JSON in the docs is JSON', (t) => {
  for (const { path, text } of pages)
    for (const inside of fenced(text, 'json'))
      t.doesNotThrow(() => JSON.parse(inside) as unknown, `${path}: ${inside.slice(0, 60)}`);
  t.end();
});

t.test('links lead to existing files and headings', (t) => {
  for (const { path, text } of pages) {
    for (const [, target = ''] of text.replace(/^```[^]*?^```$/gm, '').matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [file = '', anchor] = target.split('#');
      const to = file === '' ? path : relative(root, join(root, dirname(path), file));
      t.notMatch(to, /^\.\./, `${path}: ${target} stays in the project`);
      t.ok(existsSync(join(root, to)), `${path}: ${target}`);
      if (anchor !== undefined) t.ok(anchors(page(to)).has(anchor), `${path}: ${target}`);
    }
  }
  t.end();
});

t.test('each row of docs/compatibility.md names the test that holds it', (t) => {
  const rows = page('docs/compatibility.md')
    .split('\n')
    .slice(2)
    .filter((line) => line.startsWith('| '));
  t.ok(rows.length > 50);
  for (const row of rows.slice(1))
    t.match(
      row,
      /\| (?:`test\/[\w./-]+\.test\.ts` ?)+\|$/,
      `the last cell names its tests: ${row.slice(0, 90)}`,
    );
  t.end();
});

t.test('named files exist', (t) => {
  for (const { path, text } of pages.filter(
    (one) => !one.path.startsWith('bench') && !one.path.startsWith('test'),
  )) {
    for (const [, name] of text.matchAll(
      /`((?:core|plugins|providers|command|test|docs|bench|runtime)\/[\w./-]+\.\w+)`/g,
    ))
      t.ok(existsSync(join(root, name as string)), `${path}: ${name}`);
  }
  t.end();
});

t.test('named scripts and options exist', async (t) => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const main = await readFile(join(root, 'main.ts'), 'utf8');
  for (const { path, text } of pages) {
    for (const [, run, own] of text.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g))
      t.ok(Object.hasOwn(scripts, (run ?? own) as string), `${path}: npm ${run ?? own}`);
    for (const [, options = ''] of text.matchAll(/\bnpm start -- ([^\n`)]+)/g)) {
      for (const [option] of options.matchAll(/--[a-z]+/g))
        t.ok(main.includes(`  ${option} `), `${path}: ${option}`);
    }
  }
  for (const [name, script] of Object.entries(scripts)) {
    const file = /[\w./-]+\.(?:ts|mjs)$/.exec(script.replace(/ --\w+$/, ''))?.[0];
    if (file !== undefined) t.ok(existsSync(join(root, file)), `npm run ${name}: ${file}`);
  }
});

t.test('what docs/config.md says of a default is the default', async (t) => {
  const registry = await PluginRegistry.read(root);
  const folder = testFolder(t, {});
  const { config } = await readConfig({ root: folder, env: {}, registry });
  t.match(page('docs/config.md'), `| \`port\` | \`${config.server.port}\` |`);
  t.match(page('docs/config.md'), `| \`retry.budget\` | ${config.retry.budget} |`);
  t.match(page('docs/config.md'), new RegExp(`^strategy: +\\{ use: ${config.strategy.use} \\}`, 'm'));
  for (const word of Object.keys(config).filter((name) => !['features'].includes(name)))
    t.ok(page('docs/config.md').includes(word), word);
});

t.test('the README lists exactly what ships', async (t) => {
  const registry = await PluginRegistry.read(root);
  const ships = /## What ships\n([^]*?)\n## /.exec(page('README.md'))?.[1] ?? '';
  for (const kind of ['provider', 'strategy', 'transport', 'feature'] as const) {
    const row =
      new RegExp(`^\\| ${kind === 'strategy' ? 'strategies' : `${kind}s`} \\| (.+) \\|$`, 'm').exec(
        ships,
      )?.[1] ?? '';
    for (const { name } of registry.list(kind))
      t.match(row, new RegExp(`(^|[\\s\`(])${name}($|[\\s\`,;(])`), `${kind} ${name}`);
  }
});

t.test('CONTRIBUTING.md lists the retired words that `npm run check` counts', async (t) => {
  const { retired } = JSON.parse(await readFile(join(root, 'test/layout.json'), 'utf8')) as {
    retired: string[];
  };
  const table = /^\| say \| not \|\n\|---\|---\|\n((?:\|.+\n)+)/m.exec(page('CONTRIBUTING.md'))?.[1] ?? '';
  const listed = [...table.matchAll(/\| ([^|]+) \|$/gm)].flatMap(([, words = '']) =>
    [...words.matchAll(/`([^`]+)`/g)].map(([, word]) => word as string),
  );
  t.same(listed.toSorted(), retired.toSorted());
});

t.test('the docs hold no path of a machine', (t) => {
  for (const { path, text } of pages) t.notMatch(prose(text), /(^|\s)\/(?:home|root|Users|tmp|work)\//, path);
  t.end();
});

// The package that `npm pack` makes, installed by npm into an empty folder, and its first minute there.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { root } from '../gateway.ts';
import { copyForPack } from './copy-for-pack.ts';
import { fetchNode } from './fetch-node.ts';
import { startUpstream } from './upstream/upstream.ts';

/** Writes down each module that is loaded, those of worker threads too. */
const NOTES = `
  import { registerHooks } from 'node:module';
  import { appendFileSync } from 'node:fs';
  registerHooks({ load: (url, context, next) => (appendFileSync(process.env.NOTES, url + '\\n'), next(url, context)) });
`;

// Outside of this checkout, whose packages would be found from a folder in it.
const folder = mkdtempSync(join(tmpdir(), 'switchyard-package-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const [checkout, installed, home] = ['checkout', 'installed', 'home'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
const notes = join(folder, 'notes');

/** The oldest that it says it runs on, and the newest; the suite itself runs on one between them. */
const OTHER_NODES = ['22.19.0', '26.12.1'];

/** This process's environment without what npm and tap have put there: npm would install where `npm test` was called. */
const ENVIRONMENT: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^npm_(?:package|lifecycle|config_local)|^(?:INIT_CWD|NODE_OPTIONS|TAP\w*)$/.test(name),
  ),
);
const PATH = `${dirname(process.execPath)}:${process.env.PATH}`;

// Through `env -i`: nothing of the environment of the tests is theirs.
function words(program: string, args: readonly string[], env: NodeJS.ProcessEnv): string[] {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return ['-i', ...variables, program, ...args];
}

async function run(cwd: string, program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const all = { ...ENVIRONMENT, PATH, ...env };
  return promisify(execFile)('/usr/bin/env', words(program, args, all), { cwd, maxBuffer: 2 ** 26 });
}

t.before(async () => {
  for (const one of [checkout, installed, home]) mkdirSync(one);
  copyForPack(checkout);
  const manifest = readFileSync(join(checkout, 'package.json'), 'utf8');
  await run(checkout, 'npm', ['pack', '--pack-destination', folder]);
  t.equal(readFileSync(join(checkout, 'package.json'), 'utf8'), manifest, 'the checkout is as it was');
  t.notOk(existsSync(join(checkout, 'npm-shrinkwrap.json')));
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) as string;
  await run(installed, 'npm', [
    'install',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    join(folder, tarball),
  ]);
});

t.test(
  'it holds JavaScript and types, the exact version of each package, and no sources or tests',
  async (t) => {
    const own = join(installed, 'node_modules/switchyard-gateway');
    const names = readdirSync(own, { recursive: true }) as string[];
    t.same(
      names.filter((name) => /(?<!\.d)\.[cm]?tsx?$/.test(name) || /(?:^|\/)(?:test|bench|src)\//.test(name)),
      [],
    );
    t.ok(names.includes('dist/web/dist/index.html'), 'the dashboard is built');
    const { dependencies, packages } = JSON.parse(readFileSync(join(own, 'npm-shrinkwrap.json'), 'utf8')) as {
      dependencies?: unknown;
      packages: Record<string, { version: string; integrity?: string; dev?: boolean }>;
    };
    t.equal(dependencies, undefined);
    for (const [path, { dev, integrity }] of Object.entries(packages))
      if (path !== '') t.ok(integrity && !dev, path);
    const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: typeof packages;
    };
    const needs = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8')) as Record<
      'dependencies' | 'optionalDependencies',
      object
    >;
    const direct = Object.keys({ ...needs.dependencies, ...needs.optionalDependencies });
    for (const name of direct) {
      const { version } = JSON.parse(
        readFileSync(join(installed, 'node_modules', name, 'package.json'), 'utf8'),
      ) as { version: string };
      t.equal(version, locked.packages[`node_modules/${name}`]?.version, name);
    }
    const compiled = names.filter((name) => name.endsWith('.js') && !name.startsWith('dist/web/'));
    const sources = /(?:from|import\() ?'\.[^']*\.ts'|new URL\('[^']*\.ts', import/;
    t.same(
      compiled.filter((name) => sources.test(readFileSync(join(own, name), 'utf8'))),
      [],
    );
  },
);

t.test('the first minute: it starts, answers, shows the dashboard and its state, and ends', async (t) =>
  firstMinute(t, PATH),
);

for (const version of OTHER_NODES)
  t.test(`the first minute on Node ${version}`, async (t) => {
    const node = await fetchNode(version);
    if (typeof node === 'object') return void t.pass('not tried', { skip: node.why });
    const search = `${dirname(node)}:${PATH}`;
    t.equal((await run(installed, 'node', ['--version'], { PATH: search })).stdout.trim(), `v${version}`);
    await firstMinute(t, search);
  });

async function firstMinute(t: Test, search: string): Promise<void> {
  rmSync(notes, { force: true });
  const upstream = await startUpstream();
  t.teardown(() => upstream.close());
  const claude = JSON.stringify({ use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm' } });
  // TypeScript of the operator's own, beside the config and not below node_modules.
  cpSync(join(root, 'docs/examples/my-provider.ts'), join(installed, 'my-provider.ts'));
  writeFileSync(
    join(installed, 'switchyard.yaml'),
    `discover: false
server: { port: 0 }
workers: { from: 1KiB }
providers:
  plain: ${claude}
  mine: { use: ./my-provider.ts, baseUrl: ${JSON.stringify(upstream.url)}, models: { own: own } }
`,
  );
  const { url, child } = await started([], installed, { PATH: search });
  const chat = async (model: string, path: string, length = 2) => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model,
        max_tokens: 9,
        messages: [{ role: 'user', content: 'x'.repeat(length) }],
      }),
    });
    return { status: response.status, text: await response.text() };
  };
  t.match(await chat('m', '/v1/chat/completions'), { status: 200, text: /"content"/ });
  t.match(await chat('own', '/v1/chat/completions'), { status: 200, text: /"content"/ });
  t.match(
    await chat('m', '/v1/messages', 4096),
    { status: 200, text: /"type":"message"/ },
    'translated in a thread',
  );
  const page = await fetch(url);
  t.match([page.status, page.headers.get('content-type'), await page.text()], [200, /text\/html/, /<script/]);

  const status = await run(installed, 'npx', ['--no-install', 'switchyard', 'status'], {
    SWITCHYARD_URL: url,
    PATH: search,
  });
  t.match(status.stdout, /^gateway\thealthy/m);
  child.kill('SIGINT');
  t.same(await once(child, 'exit'), [0, null]);
  await t.rejects(fetch(url), 'nothing listens any more');

  const loaded = readFileSync(notes, 'utf8').split('\n');
  const own = loaded.filter((name) => name.includes('/node_modules/switchyard-gateway/'));
  for (const module of ['main.js', 'plugins/workers/work.js', 'plugins/history/thread.js'])
    t.ok(
      own.some((name) => name.endsWith(`/dist/${module}`)),
      module,
    );
  t.same(
    new Set(loaded.filter((name) => name.endsWith('.ts'))),
    new Set([`file://${join(installed, 'my-provider.ts')}`]),
  );
  t.ok(existsSync(join(installed, '.switchyard/history.db')), 'what it writes is where it was started');
}

t.test('without a config it starts with what is there, and --help says how', async (t) => {
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  const { url, child } = await started(['--port', '0'], empty, { SWITCHYARD_DISCOVER: 'false' });
  t.equal((await fetch(`${url}/health/live`)).status, 200);
  child.kill('SIGINT');
  t.same(await once(child, 'exit'), [0, null]);
  const bin = join(installed, 'node_modules/.bin');
  const { stdout } = await run(empty, join(bin, 'switchyard-gateway'), ['--help']);
  t.match(stdout, /switchyard SUBCOMMAND[^]*start \[--config FILE\]/);
  t.notMatch(stdout, /npm|bench/);
  t.match(
    (await run(empty, join(bin, 'switchyard'), ['start', '--help'])).stdout,
    new RegExp(`switchyard start \\[OPTIONS\\][^]*${empty}`),
  );
});

t.test('its types compile in an app of its own, and the app runs', async (t) => {
  const app = join(installed, 'app');
  mkdirSync(app);
  const types = join(installed, 'node_modules/@types');
  mkdirSync(types, { recursive: true });
  symlinkSync(join(root, 'node_modules/@types/node'), join(types, 'node'));
  cpSync(join(root, 'docs/examples'), app, { recursive: true });
  writeFileSync(
    join(app, 'app.mts'),
    `import Fastify from 'fastify';
import switchyard from 'switchyard-gateway';
const app = Fastify({ pluginTimeout: 90_000 });
app.register(switchyard, { prefix: '/ai', discover: false, home: ${JSON.stringify(home)} });
const address: string = await app.listen({ port: 0 });
console.log((await fetch(address + '/ai/health/live')).status);
await app.close();
`,
  );
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2024',
    lib: ['es2024', 'esnext'],
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    types: ['node'],
  };
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  writeFileSync(join(app, 'package.json'), '{ "type": "module" }');
  const tsc = (): Promise<{ stdout: string }> =>
    run(app, process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', app]).catch(
      (error: { stdout: string }) => error,
    );
  t.equal((await tsc()).stdout, '');
  t.match((await run(app, process.execPath, ['app.mts'])).stdout, /^200$/m);

  writeFileSync(
    join(app, 'wrong.ts'),
    `import { remoteOptions, type OptionsOf } from 'switchyard-gateway/provider-kit';
export const wrong: OptionsOf<typeof remoteOptions> = { baseUrl: 5 };
`,
  );
  t.match((await tsc()).stdout, /wrong\.ts.*'number' is not assignable to type 'string'/);
});

/** `switchyard-gateway` as its user starts it. */
async function started(args: readonly string[], cwd = installed, env: Record<string, string> = {}) {
  const bin = join(installed, 'node_modules/.bin/switchyard-gateway');
  const preload = `--import=data:text/javascript,${encodeURIComponent(NOTES)}`;
  const all = { PATH, HOME: home, NOTES: notes, NODE_OPTIONS: preload, ...env };
  const child: ChildProcess = spawn('/usr/bin/env', words(bin, args, all), {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => void child.kill('SIGKILL'));
  let said = '';
  child.stderr?.on('data', (text: Buffer) => (said += text.toString()));
  for await (const text of child.stdout as AsyncIterable<Buffer>) {
    said += text.toString();
    const url = /curl (http:\S+?)\/v1/.exec(said)?.[1];
    if (url === undefined) continue;
    child.stdout?.resume();
    return { child, url };
  }
  throw new Error(`it ended before it listened: ${said}`);
}

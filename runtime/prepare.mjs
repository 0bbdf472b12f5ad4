// What run.mjs does once the Node that runs it is new enough for that.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chooseNode } from './choose-node.mjs';
import { buildDashboard } from './dashboard.mjs';
import { install } from './install.mjs';
import { endLike, launch, listenForStop } from './launch.mjs';
import { SetupFailure } from './setup-failure.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const isCompiled = existsSync(join(root, 'main.js'));
const setup = new AbortController();
const stopRequests = listenForStop((signal) => setup.abort(signal));

try {
  const { dev, bench, dashboard, script, args } = readArguments(process.argv.slice(2));
  const node = await chooseNode({ root, signal: setup.signal });
  // A package is compiled, and npm has installed what it needs.
  if (!isCompiled) await installProject({ dev, node });
  if (bench) await installBench({ node });
  if (dashboard) await buildDashboard({ root, node, signal: setup.signal });
  setup.signal.throwIfAborted();
  if (script === undefined) process.exit();
  endLike(await launch({ root, node, script: find(script), args, stopRequests }));
} catch (error) {
  if (setup.signal.aborted) endLike({ signal: setup.signal.reason });
  else if (error instanceof SetupFailure) {
    console.error(error.message);
    process.exitCode = 1;
  } else throw error;
}

function readArguments(given) {
  const found = given.findIndex((argument) => !argument.startsWith('--'));
  const first = found === -1 ? given.length : found;
  const options = given.slice(0, first);
  const unknown = options.find((option) => !['--dev', '--bench', '--dashboard'].includes(option));
  if (unknown) {
    throw new SetupFailure(
      `runtime/run.mjs does not know ${unknown}: it has --dev, --bench and --dashboard; the script's own options come after its name.`,
    );
  }
  return {
    dev: options.includes('--dev'),
    bench: options.includes('--bench'),
    dashboard: options.includes('--dashboard'),
    script: given[first],
    args: given.slice(first + 1),
  };
}

// Only after the installation, for a script may come with a package.
function find(script) {
  const path = join(root, isCompiled ? script.replace(/\.ts$/, '.js') : script);
  if (existsSync(path)) return path;
  throw new SetupFailure(`There is no script ${script} in ${root}: name one by its path from there.`);
}

function installProject({ dev, node }) {
  return install({
    folder: root,
    // npm leaves out optional packages for other platforms, so their absence says nothing.
    needs: (_path, entry) => !entry.link && !entry.optional && (dev || !(entry.dev || entry.devOptional)),
    node: node.path,
    extraFlags: [dev ? '--include=dev' : '--omit=dev'],
    title: (count) => `Installing ${count} packages${dev ? ', those for tests and checks included' : ''}`,
    what: 'install the packages of package-lock.json',
    signal: setup.signal,
  });
}

function installBench({ node }) {
  return install({
    folder: join(root, 'bench'),
    needs: (_path, entry) => !entry.link && !entry.optional,
    node: node.path,
    extraFlags: ['--include=dev'],
    title: (count) => `Installing ${count} packages of bench/`,
    what: 'install the packages of bench/package-lock.json',
    signal: setup.signal,
  });
}

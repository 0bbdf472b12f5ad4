import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { install } from './install.mjs';
import { environment } from './npm.mjs';
import { withProgress } from './progress.mjs';
import { SetupFailure } from './setup-failure.mjs';

const what = 'build the dashboard';
const stamp = '.fingerprint';

/**
 * Makes web/dist the dashboard that web/ describes: installs its packages and builds it, where that has not been done
 * for just these sources. A failure costs the dashboard and nothing else, so it is only told.
 */
export async function buildDashboard({ root, node, signal }) {
  const web = join(root, 'web');
  const dist = join(web, 'dist');
  // What is published has been built before, and comes without the sources.
  if (!existsSync(join(web, 'src'))) return;
  const fingerprint = fingerprintOf(web);
  if (readStamp(dist) === fingerprint) return;
  try {
    await installPackages({ web, node, signal });
    await build({ web, dist, fingerprint, node, signal });
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error;
    const instead = existsSync(join(dist, 'index.html')) ? 'with the one built before' : 'without it';
    console.error(`${error.message} Everything else works ${instead}.`);
  }
}

function installPackages({ web, node, signal }) {
  return install({
    folder: web,
    needs: (_path, entry) => !entry.link && !entry.optional,
    node: node.path,
    extraFlags: ['--include=dev'],
    title: (count) => `Installing ${count} packages of web/, to build the dashboard`,
    what,
    signal,
  });
}

// Beside the packages it is out of git's sight, and in the same file system.
async function build({ web, dist, fingerprint, node, signal }) {
  const fresh = join(web, 'node_modules', `.dashboard-${process.pid}`);
  const replaced = `${fresh}-replaced`;
  try {
    await withProgress('Building the dashboard', async () => {
      await runVite({ web, fresh, node, signal });
      writeFileSync(join(fresh, stamp), fingerprint);
      if (existsSync(dist)) renameSync(dist, replaced);
      renameSync(fresh, dist);
    });
  } catch (error) {
    if (error instanceof SetupFailure || error.name === 'AbortError' || !error.code) throw error;
    throw new SetupFailure(`Could not ${what}: ${error.message}.`);
  } finally {
    for (const folder of [fresh, replaced]) rmSync(folder, { recursive: true, force: true });
  }
}

async function runVite({ web, fresh, node, signal }) {
  signal.throwIfAborted();
  const vite = join(web, 'node_modules', 'vite', 'bin', 'vite.js');
  const child = spawn(node.path, [vite, 'build', '--logLevel', 'warn', '--emptyOutDir', '--outDir', fresh], {
    cwd: web,
    env: { ...environment(node.path), NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (said += text));
  const code = await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  signal.removeEventListener('abort', kill);
  signal.throwIfAborted();
  if (code === 0) return;
  throw new SetupFailure(
    `Could not ${what}: ${lastWords(said)}. "npm --prefix web run build" shows all that Vite says.`,
  );
}

/** Modules outside of the dashboard that are part of it; of others it has types alone. */
const SHARED = [join('..', 'wire', 'chat-model.ts')];

/** A hash of all that the build depends on: the sources, and by the lockfile the packages. */
function fingerprintOf(web) {
  const within = (folder) =>
    readdirSync(join(web, folder), { recursive: true }).map((name) => join(folder, name));
  const files = [...readdirSync(web), ...within('public'), ...within('src'), ...SHARED]
    .filter((path) => statSync(join(web, path), { throwIfNoEntry: false })?.isFile())
    .toSorted();
  const hash = createHash('sha256');
  for (const path of files) hash.update(`${path}\n`).update(readFileSync(join(web, path)));
  return hash.digest('hex');
}

function readStamp(dist) {
  try {
    return readFileSync(join(dist, stamp), 'utf8');
  } catch {
    return undefined;
  }
}

// oxlint-disable-next-line no-control-regex -- colours
const colours = /\x1b\[[\d;]*m/g;

function lastWords(said) {
  const lines = said
    .replace(colours, '')
    .split('\n')
    .map((line) => line.trim());
  const reason = lines.find((line) => line !== '' && !/^(?:error during|\W*build failed)/i.test(line));
  return (reason ?? 'Vite gave no reason').replace(/\.$/, '');
}

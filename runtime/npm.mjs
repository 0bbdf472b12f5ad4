import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { explainFailure, SetupFailure } from './setup-failure.mjs';

const windows = process.platform === 'win32';

// Ours, not the user's: answers within seconds when the network is down, and a log this launcher can read.
const flags = [
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--no-progress',
  '--no-update-notifier',
  '--loglevel=http',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=5000',
];

// npm names each package that it has fetched, or found in its cache.
const tarball = /npm http (?:fetch GET 200|cache) \S+\.tgz/g;

const damage = /TAR_ENTRY_ERROR (\w+)/;

/**
 * Runs `npm ci` in `folder` under the Node at `node`, in silence. Rejects with a SetupFailure that says
 * what could not be done; `what` completes "Could not …", `target` is the folder to name in it. `fetched` hears how many
 * packages are there.
 */
export async function npmCi({ folder, target, what, node, extraFlags, fetched, signal }) {
  signal.throwIfAborted();
  const { log, code, hasLostPatience } = await run(['ci', ...flags, ...extraFlags], {
    folder,
    node,
    fetched,
    signal,
  });
  signal.throwIfAborted();
  // With exit code 0, for example on a full disk, npm leaves truncated files behind and only warns of it.
  if (code !== 0 || damage.test(log))
    throw explainFailure({ what, folder: target, ...readLog(log, hasLostPatience) });
}

function run(args, { folder, node, fetched, signal }) {
  const [command, ...before] = findNpm(node);
  const child = spawn(command, [...before, ...args], {
    cwd: folder,
    env: environment(node),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, to end npm together with whatever shim started it.
    detached: !windows,
    windowsHide: true,
  });
  const kill = () => killHard(child);
  signal.addEventListener('abort', kill);
  return new Promise((resolve, reject) => {
    let log = '';
    const patience = losePatience(kill);
    let packages = 0;
    const read = (chunk) => {
      log += chunk;
      patience.hear(chunk);
      packages += chunk.match(tarball)?.length ?? 0;
      fetched?.(packages);
      if (damage.test(chunk)) kill();
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    child.on('error', (error) =>
      reject(
        new SetupFailure(
          `Could not run npm (${command}): ${error.code}. Reinstall Node together with npm, then run the same command again.`,
        ),
      ),
    );
    child.on('close', (code) => {
      signal.removeEventListener('abort', kill);
      patience.end();
      resolve({ log, code, hasLostPatience: patience.isLost() });
    });
  });
}

// npm takes SIGTERM as a wish and first waits for every name it is looking up. Its folder here is thrown away
// and its cache is written in whole files, so there is nothing to be gentle with.
function killHard(child) {
  if (windows) return void child.kill();
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

/**
 * Without a network npm goes on for minutes, through every package and every retry. As long as the
 * registry has not answered once, 15 s after the first failed attempt or 60 s of silence are enough.
 */
function losePatience(giveUp) {
  let lost = false;
  let failing = false;
  let answered = false;
  const end = (ms) =>
    setTimeout(() => {
      lost = true;
      giveUp();
    }, ms);
  let timer = end(60_000);
  return {
    hear(words) {
      if (/npm http (fetch \w+ \d{3}|cache) /.test(words)) answered = true;
      if (answered) clearTimeout(timer);
      else if (!failing && /attempt \d+ failed with/.test(words)) {
        failing = true;
        clearTimeout(timer);
        timer = end(15_000);
      }
    },
    end: () => clearTimeout(timer),
    isLost: () => lost,
  };
}

/** What npm's log says about a failure: "npm error code X" since npm 10, "npm ERR! code X" before. */
function readLog(log, hasLostPatience) {
  const code =
    log.match(damage)?.[1] ??
    log.match(/^npm (?:error|ERR!) code (\S+)/m)?.[1] ??
    log.match(/attempt \d+ failed with (\w+)/)?.[1] ??
    (hasLostPatience ? 'no answer within a minute' : 'no error code');
  const url =
    log.match(/(?:request to|fetch GET(?: \d{3})?) (https?:\/\/\S+)/)?.[1] ?? process.env.npm_config_registry;
  const said = [...log.matchAll(/^npm (?:error|ERR!) (?!code )(\S.*)$/gm)]
    .slice(0, 2)
    .map(([, line]) => line);
  return {
    code,
    host: url?.match(/\/\/(?:[^@/]*@)?([^/]+)/)?.[1] ?? 'the npm registry',
    detail: `npm failed with ${code}${said.length > 0 ? `, "${said.join(' ')}"` : ''}`,
  };
}

/** The npm on PATH as a command line. npm's own script starts with `env node`, so PATH decides what runs it. */
function findNpm(node) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  for (const folder of folders) {
    const found = join(folder, windows ? 'npm.cmd' : 'npm');
    if (!existsSync(found)) continue;
    // A .cmd cannot be spawned without a shell; what it would start can.
    return windows ? [node, join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js')] : [found];
  }
  throw new SetupFailure(
    'npm is not on PATH, and it is needed to fetch what package-lock.json lists: install it (it comes with Node from https://nodejs.org, on Debian it is the package "npm"), then run the same command again.',
  );
}

/** This process's environment with the folder of `node` first on PATH. */
export function environment(node) {
  // Windows spells it Path; two spellings in one environment would leave to chance which one counts.
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...process.env, [name]: [dirname(node), process.env[name]].filter(Boolean).join(delimiter) };
}

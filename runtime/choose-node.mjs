import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { install, readLockfile } from './install.mjs';
import { SetupFailure } from './setup-failure.mjs';

/**
 * A Node that can run Switchyard, as `{ path, version }`: the one that runs this file when package.json's
 * `engines.node` accepts it, otherwise the one pinned in runtime/package-lock.json, fetched once.
 */
export async function chooseNode({ root, signal }) {
  const minimum = readMinimum(root);
  const own = process.versions.node;
  if (isAtLeast(own, minimum)) return { path: process.execPath, version: own };

  const folder = join(root, 'runtime');
  const { entryPath, entry } = findPinned(folder, minimum);
  const { version, bin } = entry;
  const binary = (base) => join(base, entryPath, bin.node);
  const pinned = `Node ${short(version)}`;
  await install({
    folder,
    needs: (candidate) => candidate === entryPath,
    manifest: onlyDependency(entryPath, entry),
    node: process.execPath,
    extraFlags: [],
    title: () =>
      `Node ${own} is older than ${short(minimum)}: fetching ${pinned} into runtime/ (about 50 MB)`,
    what: `fetch ${pinned} into runtime/ (this machine's Node ${own} is older than ${short(minimum)})`,
    verify: (staging) => assertRuns(binary(staging), pinned, minimum),
    signal,
  });
  return { path: binary(folder), version };
}

function readMinimum(root) {
  const file = join(root, 'package.json');
  const range = JSON.parse(readFileSync(file, 'utf8')).engines?.node;
  const minimum = range?.match(/^>=\s*(\d+\.\d+\.\d+)$/)?.[1];
  if (!minimum)
    throw new SetupFailure(
      `engines.node in ${file} is ${JSON.stringify(range)}: this launcher understands only ">=X.Y.Z".`,
    );
  return minimum;
}

function findPinned(folder, minimum) {
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const entryPath = `node_modules/node-${platform}`;
  const entry = readLockfile(folder)[entryPath];
  if (entry) return { entryPath, entry };
  throw new SetupFailure(
    `Node ${process.versions.node} is older than ${short(minimum)}, and npm has no Node for ${platform}: ` +
      `install Node >= ${short(minimum)} (https://nodejs.org/en/download, or "nvm install ${minimum.split('.')[0]}"), then run the same command again.`,
  );
}

// The lockfile has a Node for each platform, all of them optional, and npm forgives an optional package
// anything, be it a full disk. So npm gets to see the one that is needed, and as a must.
function onlyDependency(entryPath, { optional: _optional, ...entry }) {
  const dependencies = { [entryPath.replace('node_modules/', '')]: entry.version };
  return {
    'package.json': { private: true, dependencies },
    'package-lock.json': {
      lockfileVersion: 3,
      requires: true,
      packages: { '': { dependencies }, [entryPath]: entry },
    },
  };
}

function assertRuns(binary, pinned, minimum) {
  const { error, status, signal } = spawnSync(binary, ['--version']);
  if (status === 0) return;
  throw new SetupFailure(
    `The fetched ${pinned} does not run on this machine (${error?.code ?? signal ?? `exit code ${status}`}; it needs a Linux with glibc, so not Alpine): ` +
      `install Node >= ${short(minimum)} yourself, then run the same command again.`,
  );
}

export function isAtLeast(version, minimum) {
  const [a, b] = [version, minimum].map((text) => text.split('.').map((part) => parseInt(part, 10)));
  const differing = a.findIndex((part, index) => part !== b[index]);
  return differing === -1 || a[differing] > b[differing];
}

const short = (version) => version.split('.').slice(0, 2).join('.');

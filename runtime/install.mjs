import { existsSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { takeInstallLock } from './install-lock.mjs';
import { npmCi } from './npm.mjs';
import { withProgress } from './progress.mjs';
import { explainFailure, SetupFailure } from './setup-failure.mjs';
import { prepareStaging, removeLeftovers, replaceModules } from './staging.mjs';

/**
 * Makes `folder`/node_modules hold what its package-lock.json lists and `needs(path, entry)` accepts.
 * Silent and without npm when it does already. A failure leaves what was there before, or nothing.
 * `title` announces the work, given the number of packages; `what` completes "Could not …". `manifest`
 * holds a package.json and a package-lock.json for npm to use instead of those in `folder`.
 */
export async function install({ folder, needs, manifest, node, extraFlags, title, what, verify, signal }) {
  const wanted = Object.entries(readLockfile(folder)).filter(([path, entry]) => path && needs(path, entry));
  if (isInstalled(folder, wanted)) return;

  const modules = join(folder, 'node_modules');
  let unlock;
  try {
    unlock = await takeInstallLock(modules, signal);
    // The start we waited for may have done the work.
    if (isInstalled(folder, wanted)) return;
    await withProgress(title(wanted.length), async (soFar) => {
      const staging = prepareStaging({ folder, modules, manifest });
      // npm also fetches some files that are no package of the list.
      const fetched = (count) =>
        soFar(`${Math.min(count, wanted.length)} of ${wanted.length} packages fetched`);
      await npmCi({ folder: staging, target: modules, what, node, extraFlags, fetched, signal });
      assertInstalled(staging, wanted, what);
      verify?.(staging);
      replaceModules(modules, staging);
    });
  } catch (error) {
    // Everything else that has a code here comes from the file system.
    if (error instanceof SetupFailure || error.name === 'AbortError' || !error.code) throw error;
    throw explainFailure({ what, folder: modules, code: error.code, detail: error.message });
  } finally {
    leaveNothing(modules, unlock);
  }
}

/** The packages that package-lock.json in `folder` lists, by their path. */
export function readLockfile(folder) {
  const file = join(folder, 'package-lock.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch (error) {
    const reason = error.code === 'ENOENT' ? 'does not exist' : `cannot be read (${error.message})`;
    throw new SetupFailure(
      `${file} ${reason}: restore it with "git checkout -- package-lock.json" in its folder, then run the same command again.`,
    );
  }
}

/**
 * npm writes what it installed into node_modules/.package-lock.json as its last deed, so comparing that
 * file to the lockfile (about 3 ms) needs no stamp of ours, and believes a person's own `npm ci` as well.
 */
function isInstalled(folder, wanted) {
  return findMissing(folder, wanted) === undefined;
}

// An npm setting such as "omit" can make npm content with less than is needed.
function assertInstalled(folder, wanted, what) {
  const missing = findMissing(folder, wanted);
  if (!missing) return;
  throw new SetupFailure(
    `Could not ${what}: npm ended without a complaint, and without ${missing[0]} ${missing[1].version}. Look for an unusual setting in "npm config list".`,
  );
}

function findMissing(folder, wanted) {
  const present = readRecord(join(folder, 'node_modules', '.package-lock.json'));
  return wanted.find(([path, { version, integrity }]) => {
    const entry = present[path];
    return entry?.version !== version || entry?.integrity !== integrity;
  });
}

function readRecord(file) {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch {
    // Half written by an npm that was killed: as good as none.
    return {};
  }
}

function leaveNothing(modules, unlock) {
  try {
    if (unlock) removeLeftovers(modules);
    unlock?.();
    // Succeeds only when nothing was there before and nothing was installed.
    rmdirSync(modules);
  } catch {
    // What is left is removed by the next start; what went wrong here must not hide why we are here.
  }
}

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { takeInstallLock } from './install-lock.mjs';
import { npmCi } from './npm.mjs';
import { explainFailure, SetupFailure } from './setup-failure.mjs';

/**
 * Makes `folder`/node_modules hold what its package-lock.json lists and `needs(path, entry)` accepts.
 * Silent and without npm when it does already. A failure leaves what was there before, or nothing.
 * `title` announces the work, given the number of packages; `what` completes "Could not …".
 */
export async function install({ folder, needs, node, extraFlags, title, what, verify, signal }) {
  const wanted = readLockfile(join(folder, 'package-lock.json')).filter(
    ([path, entry]) => path !== '' && needs(path, entry),
  );
  if (isInstalled(folder, wanted)) return;

  const modules = join(folder, 'node_modules');
  let unlock;
  try {
    unlock = await takeInstallLock(modules, signal);
    // The start we waited for may have done the work.
    if (isInstalled(folder, wanted)) return;
    await withProgress(title(wanted.length), async () => {
      const staging = prepareStaging(folder, modules);
      const { failure } = await npmCi({ folder: staging, target: modules, what, node, extraFlags, signal });
      if (!isInstalled(staging, wanted)) throw failure();
      verify?.(staging);
      replaceModules(modules, staging);
    });
  } catch (error) {
    // Everything else that has a code here comes from the file system.
    if (error instanceof SetupFailure || error.name === 'AbortError' || !error.code) throw error;
    throw explainFailure({ what, folder: modules, code: error.code, detail: error.message });
  } finally {
    if (unlock) leaveNothing(modules, unlock);
  }
}

function readLockfile(file) {
  try {
    return Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages);
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
  const record = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return wanted.length === 0;
  try {
    const { packages } = JSON.parse(readFileSync(record, 'utf8'));
    return wanted.every(([path, { version, integrity }]) => {
      const present = packages[path];
      return present?.version === version && present?.integrity === integrity;
    });
  } catch {
    return false;
  }
}

// npm works beside the modules in use, in the same file system, so a failed or killed `npm ci` cannot harm them.
function prepareStaging(folder, modules) {
  removeLeftovers(modules);
  const staging = join(modules, '.setup-staging');
  mkdirSync(staging);
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(staging, name));
  }
  return staging;
}

function replaceModules(modules, staging) {
  const replaced = join(modules, '.setup-replaced');
  const fresh = join(staging, 'node_modules');
  mkdirSync(replaced);
  mkdirSync(fresh, { recursive: true });
  // npm's record leaves first and arrives last: a start that is killed in between finds no record and installs again.
  try {
    for (const name of recordFirst(modules)) move(join(modules, name), join(replaced, name));
    for (const name of recordFirst(fresh).reverse()) renameSync(join(fresh, name), join(modules, name));
  } catch (error) {
    for (const name of recordFirst(replaced).reverse()) {
      rmSync(join(modules, name), { recursive: true, force: true });
      renameSync(join(replaced, name), join(modules, name));
    }
    throw error;
  }
}

function recordFirst(folder) {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.setup-'));
  const record = '.package-lock.json';
  return [...names.filter((name) => name === record), ...names.filter((name) => name !== record)];
}

function move(from, to) {
  try {
    renameSync(from, to);
  } catch (error) {
    // A container's image layers cannot be renamed, only covered up.
    if (error.code !== 'EXDEV') throw error;
    rmSync(from, { recursive: true, force: true });
  }
}

function removeLeftovers(modules) {
  for (const name of readdirSync(modules)) {
    if (name.startsWith('.setup-') && name !== '.setup-lock')
      rmSync(join(modules, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

function leaveNothing(modules, unlock) {
  try {
    removeLeftovers(modules);
    unlock();
    // Succeeds only when nothing was there before and nothing was installed.
    rmdirSync(modules);
  } catch {
    // What is left is removed by the next start; what went wrong here must not hide why we are here.
  }
}

/** Says what takes long and how long it took; on a terminal with the seconds running. */
async function withProgress(title, work) {
  const start = performance.now();
  const seconds = (digits) => ((performance.now() - start) / 1000).toFixed(digits);
  const { isTTY } = process.stdout;
  console.log(`${title} …`);
  const ticking = isTTY ? setInterval(() => process.stdout.write(`\r${seconds(0)} s`), 1000) : undefined;
  try {
    await work();
    console.log(`${isTTY ? '\r' : ''}Done in ${seconds(1)} s.`);
  } catch (error) {
    if (isTTY) console.log();
    throw error;
  } finally {
    clearInterval(ticking);
  }
}

import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// npm works here, inside of the modules in use: in the same file system, invisible to git and to every tool.
const stagingName = '.setup-staging';
const replacedName = '.setup-replaced';
const record = '.package-lock.json';

/** A folder in which a failed or killed `npm ci` cannot harm `modules`, with the `manifest` files or else those of `folder`. */
export function prepareStaging({ folder, modules, manifest }) {
  removeLeftovers(modules);
  const staging = join(modules, stagingName);
  mkdirSync(staging);
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    if (manifest?.[name]) writeFileSync(join(staging, name), JSON.stringify(manifest[name]));
    else if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(staging, name));
  }
  return staging;
}

/**
 * Puts what npm has installed in `staging` in the place of what `modules` holds, or throws and leaves that.
 * npm's record leaves first and arrives last: a start after one that was killed in between installs again.
 */
export function replaceModules(modules, staging) {
  const replaced = join(modules, replacedName);
  const fresh = join(staging, 'node_modules');
  mkdirSync(replaced);
  mkdirSync(fresh, { recursive: true });
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

/** Removes what this start, or an earlier one that was killed, has left in `modules`; only the lock stays. */
export function removeLeftovers(modules) {
  for (const name of readdirSync(modules)) {
    if (!isOurs(name) || name === '.setup-lock') continue;
    rmSync(join(modules, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

function recordFirst(folder) {
  const names = readdirSync(folder).filter((name) => !isOurs(name));
  return [...names.filter((name) => name === record), ...names.filter((name) => name !== record)];
}

function isOurs(name) {
  return name.startsWith('.setup-');
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

import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const beat = 2_000;
// Long enough for a holder that is busy deleting thousands of files on a slow disk.
const silence = 30_000;

/**
 * Lets one process at a time install into `modules` (a node_modules folder, made when missing).
 * Resolves to a function that lets the next one in.
 */
export async function takeInstallLock(modules, signal) {
  const lock = join(modules, '.setup-lock');
  const owner = join(lock, 'pid');
  let last;
  while (!acquire(modules, lock)) {
    const { pid, since } = look(lock, owner);
    const isNew = last?.state !== `${pid} ${since}`;
    if (isNew) last = { state: `${pid} ${since}`, seen: performance.now(), told: last?.told };
    if (isGone(pid) || performance.now() - last.seen > silence) takeAway(lock, `${pid}-${since}`);
    else if (!last.told) {
      console.log(`Another start (process ${pid}) is installing into ${modules}: waiting for it …`);
      last.told = true;
    }
    await pause(100, undefined, { signal });
  }
  const release = () => rmSync(lock, { recursive: true, force: true });
  try {
    writeFileSync(owner, String(process.pid));
  } catch (error) {
    release();
    throw error;
  }
  // A pid alone does not prove life: in a container the next one may have the same.
  const heart = setInterval(() => touch(owner), beat).unref();
  return () => {
    clearInterval(heart);
    release();
  };
}

function acquire(modules, lock) {
  try {
    if (!existsSync(modules)) mkdirSync(modules);
  } catch (error) {
    // Not with `recursive`: that reports a read-only file system as a missing folder.
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    // ENOENT: the one before failed and took the whole folder away between our two steps.
    if (error.code === 'EEXIST' || error.code === 'ENOENT') return false;
    throw error;
  }
}

/** The process that holds the lock, and its last sign of life. */
function look(lock, owner) {
  try {
    return { pid: readFileSync(owner, 'utf8') || 'unknown', since: statSync(owner).mtimeMs };
  } catch {
    return { pid: 'unknown', since: statSync(lock, { throwIfNoEntry: false })?.mtimeMs };
  }
}

function isGone(pid) {
  if (pid === 'unknown') return false;
  if (pid === String(process.pid)) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

// All that found the same lock dead move it to the same name, which works once, and never for the lock after it.
function takeAway(lock, name) {
  try {
    renameSync(lock, `${lock}-of-${name}`);
  } catch {
    // Another waiting start was quicker; the loop looks again.
  }
}

function touch(file) {
  const now = new Date();
  try {
    utimesSync(file, now, now);
  } catch {
    // A lock removed by hand no longer protects: that was the person's decision.
  }
}

import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const beat = 2_000;
const silence = 15_000;

/**
 * Lets one process at a time install into `modules` (a node_modules folder, made when missing).
 * Resolves to a function that lets the next one in.
 */
export async function takeInstallLock(modules, signal) {
  const lock = join(modules, '.setup-lock');
  const owner = join(lock, 'pid');
  let last = { state: '', since: 0 };
  while (!acquire(modules, lock)) {
    const { pid, state } = look(lock, owner);
    if (last.state === '')
      console.log(`Another start (process ${pid}) is installing into ${modules}: waiting for it …`);
    if (state !== last.state) last = { state, since: performance.now() };
    if (isGone(pid) || performance.now() - last.since > silence) takeAway(lock, pid);
    else await pause(200, undefined, { signal });
  }
  writeFileSync(owner, String(process.pid));
  // A pid alone does not prove life: in a container the next one may have the same.
  const heart = setInterval(() => touch(owner), beat).unref();
  return () => {
    clearInterval(heart);
    rmSync(lock, { recursive: true, force: true });
  };
}

function acquire(modules, lock) {
  try {
    mkdirSync(modules, { recursive: true });
    mkdirSync(lock);
    return true;
  } catch (error) {
    // ENOENT: the one before failed and took the whole folder away between our two lines.
    if (error.code === 'EEXIST' || error.code === 'ENOENT') return false;
    throw error;
  }
}

function look(lock, owner) {
  try {
    const pid = readFileSync(owner, 'utf8') || 'unknown';
    return { pid, state: `${pid} at ${statSync(owner).mtimeMs}` };
  } catch {
    return { pid: 'unknown', state: `unknown in ${statSync(lock, { throwIfNoEntry: false })?.mtimeMs}` };
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

// The old lock keeps its name after the move: of two that found it dead, the second cannot move the first one's new lock onto it.
function takeAway(lock, pid) {
  try {
    renameSync(lock, `${lock}-left-by-${pid}`);
  } catch {
    // Another waiting start was quicker; the loop looks again.
  }
}

function touch(file) {
  const now = new Date();
  try {
    utimesSync(file, now, now);
  } catch {
    // Whoever removed the lock by hand gets what they asked for.
  }
}

/**
 * One at a time over all processes of a machine: two gateways, or a gateway and the command, may share a folder. A process that
 * wants a lock lays a file of its own beside the others' and looks for other files: with one of a living process there it
 * takes its own away again. The later of two always sees the earlier, so never both go on; and since no name is used
 * twice, what a dead one left can be removed by any process at any time.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bootId, stat } from './procfs.ts';

/** ms between two checks of a lock that another process has */
const RETRY_EVERY = 100;
/** the name of a waiting process's file, after the lock's own name: pid and a random part */
const CLAIM = /^\.\d+-[0-9a-f]{12}$/;

interface Holder {
  readonly pid: number;
  /** a pid alone may have been reused */
  readonly start: string | undefined;
  readonly boot: string;
}

interface Wish {
  readonly signal: AbortSignal;
  /** called once with the pid of the process that has it */
  readonly waits: (holder: number) => void;
}

/**
 * Runs something while no other process does. Where no lock can be written no other process can write either, so it runs without.
 * @throws the signal's reason when it is aborted before its turn comes
 */
export async function withFileLock<T>(
  file: string,
  { signal, waits }: Wish,
  run: () => Promise<T>,
): Promise<T> {
  const held = await take(file, signal, waits);
  try {
    return await run();
  } finally {
    if (held !== undefined) await rm(held, { force: true });
  }
}

/** @returns the file that holds it; undefined: none can be written */
async function take(file: string, signal: AbortSignal, waits: Wish['waits']): Promise<string | undefined> {
  const own = `${file}.${process.pid}-${randomBytes(6).toString('hex')}`;
  let isReported = false;
  let doubted: readonly string[] = [];
  for (;;) {
    signal.throwIfAborted();
    const { living, doubtful } = await readLock(file, own);
    // What is no lock may be one that is being written: it has until the second look.
    const isNew = doubtful.some((one) => !doubted.includes(one));
    for (const one of doubtful.filter((again) => doubted.includes(again))) await remove(one);
    doubted = doubtful;
    if (!living && !isNew) {
      if (!(await lay(own))) return undefined;
      if (!(await readLock(file, own)).living) return own;
      await rm(own, { force: true });
    }
    if (living && !isReported) waits(living.pid);
    isReported ||= living !== undefined;
    // Two processes that have met here must not meet again.
    await sleep(RETRY_EVERY * (0.5 + 0.5 * Math.random()), undefined, { signal });
  }
}

interface Seen {
  readonly living: Holder | undefined;
  /** files that should be locks, and are none */
  readonly doubtful: readonly string[];
}

/** The other processes that have it or want it. Files of ended processes are removed. */
async function readLock(file: string, own: string): Promise<Seen> {
  const name = basename(file);
  const names = await readdir(dirname(file)).catch(() => []);
  // The bare name is how gateways before this one called it.
  const ofIt = names.filter(
    (one) => one === name || (one.startsWith(name) && CLAIM.test(one.slice(name.length))),
  );
  const doubtful: string[] = [];
  let living: Holder | undefined;
  for (const path of ofIt.map((one) => join(dirname(file), one)).filter((one) => one !== own)) {
    const holder = await read(path);
    if (holder === 'gone') continue;
    if (holder === undefined) doubtful.push(path);
    else if (lives(holder)) living = holder;
    else await remove(path);
  }
  return { living, doubtful };
}

/** Written beside and moved into its place, so that no process reads half of it. @returns whether it could be written */
async function lay(own: string): Promise<boolean> {
  const me: Holder = { pid: process.pid, start: stat(process.pid)?.start, boot: bootId() };
  try {
    await mkdir(dirname(own), { recursive: true });
    await writeFile(`${own}.new`, JSON.stringify(me));
    await rename(`${own}.new`, own);
    return true;
  } catch {
    await remove(`${own}.new`);
    return false;
  }
}

const remove = (path: string): Promise<void> =>
  rm(path, { recursive: true, force: true }).catch(() => undefined);

/** @returns undefined: it is no lock */
async function read(path: string): Promise<Holder | 'gone' | undefined> {
  try {
    const holder = JSON.parse(await readFile(path, 'utf8')) as Holder | null;
    return Number.isInteger(holder?.pid) && typeof holder?.boot === 'string' ? holder : undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : undefined;
  }
}

/** Where start times cannot be read, a pid that runs is believed. */
function lives({ pid, start, boot }: Holder): boolean {
  if (boot !== bootId()) return false;
  if (start !== undefined) return stat(pid)?.start === start;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** One at a time over all processes of a machine: two gateways, or a gateway and the command, may share a folder. */
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bootId, stat } from './proc.ts';

/** ms between two looks at a lock that somebody else holds */
const LOOK = 100;

interface Holder {
  readonly pid: number;
  /** a pid alone may be somebody else's by now */
  readonly start: string | undefined;
  readonly boot: string;
}

interface Wish {
  readonly signal: AbortSignal;
  /** Somebody else has it: told once, with the pid. */
  readonly waits: (holder: number) => void;
}

/**
 * Runs something while nobody else does it. Where no lock can be written nobody else writes either, so it runs without.
 * @throws the signal's reason when it is aborted before its turn comes
 */
export async function locked<T>(file: string, { signal, waits }: Wish, run: () => Promise<T>): Promise<T> {
  const held = await take(file, signal, waits);
  try {
    return await run();
  } finally {
    if (held) await rm(file, { force: true });
  }
}

async function take(file: string, signal: AbortSignal, waits: Wish['waits']): Promise<boolean> {
  const me: Holder = { pid: process.pid, start: stat(process.pid)?.start, boot: bootId() };
  let told = false;
  for (;;) {
    signal.throwIfAborted();
    const made = await claim(file, me);
    if (made !== 'taken') return made === 'mine';
    const holder = await read(file);
    if (holder && !lives(holder)) await rm(file, { force: true });
    if (!holder || !lives(holder)) continue;
    if (!told) waits(holder.pid);
    told = true;
    await sleep(LOOK, undefined, { signal });
  }
}

/** Written beside and linked into its place, so that nobody reads half of it. */
async function claim(file: string, me: Holder): Promise<'mine' | 'taken' | 'impossible'> {
  const beside = `${file}.${process.pid}-${performance.now()}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(beside, JSON.stringify(me));
    await link(beside, file);
    return 'mine';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EEXIST' ? 'taken' : 'impossible';
  } finally {
    await rm(beside, { force: true }).catch(() => undefined);
  }
}

/** @returns undefined: it was let go meanwhile */
async function read(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch {
    return undefined;
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

import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { membersOf, stat } from './procfs.ts';

/** ms that the dead may take to be gone after SIGKILL; only a process stuck in the kernel needs longer */
const LAST = 5_000;

/** Ends a process group: a signal, time to obey, SIGKILL. Settles when no process of it is left. */
export async function endGroup(leader: number, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  if (process.platform === 'win32') return endTree(leader);
  await endWhile(
    (which) => void signalGroup(leader, which),
    () => isAlive(leader),
    { signal, graceMs },
  );
}

/** Ends single processes in the same way. A reused pid is never signalled. */
export async function endEach(
  processes: readonly Identity[],
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<void> {
  const living = (): readonly Identity[] =>
    processes.filter(({ pid, start }) => {
      const known = stat(pid);
      return known?.start === start && known.state !== 'Z';
    });
  await endWhile(
    (which) => living().forEach(({ pid }) => send(pid, which)),
    () => living().length > 0,
    { signal, graceMs },
  );
}

interface Identity {
  readonly pid: number;
  readonly start: string;
}

async function endWhile(
  tell: (signal: NodeJS.Signals) => void,
  live: () => boolean,
  { signal, graceMs }: { readonly signal: NodeJS.Signals; readonly graceMs: number },
): Promise<void> {
  tell(signal);
  if (await goneWithin(live, graceMs)) return;
  tell('SIGKILL');
  await goneWithin(live, LAST);
}

async function goneWithin(live: () => boolean, ms: number): Promise<boolean> {
  const endMs = performance.now() + ms;
  for (let pause = 5; live(); pause = Math.min(pause * 2, 100)) {
    if (performance.now() >= endMs) return false;
    await sleep(Math.min(pause, ms));
  }
  return true;
}

function isAlive(leader: number): boolean {
  if (!signalGroup(leader, 0)) return false;
  if (process.platform !== 'linux') return true;
  // Where nothing reaps orphans, ended processes keep their group's number for ever.
  const { state } = stat(leader) ?? {};
  if (state !== undefined && state !== 'Z') return true;
  return membersOf(leader).length > 0;
}

const signalGroup = (leader: number, signal: NodeJS.Signals | 0): boolean => send(-leader, signal);

/** @returns whether there was a process to signal */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Windows has neither groups nor signals that can be obeyed. */
async function endTree(leader: number): Promise<void> {
  await promisify(execFile)('taskkill', ['/pid', String(leader), '/T', '/F']).catch(() => {});
}

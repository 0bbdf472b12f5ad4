import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { membersOf, stat } from './proc.ts';

/** ms that the dead may take to be gone after SIGKILL; only a process stuck in the kernel needs longer */
const LAST = 5_000;

/** Ends a process group: a signal, time to obey, SIGKILL. Settles when nobody of it is left. */
export async function endGroup(leader: number, signal: NodeJS.Signals, grace: number): Promise<void> {
  if (process.platform === 'win32') return endTree(leader);
  signalGroup(leader, signal);
  if (await goneWithin(leader, grace)) return;
  signalGroup(leader, 'SIGKILL');
  await goneWithin(leader, LAST);
}

async function goneWithin(leader: number, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  for (let pause = 5; isAlive(leader); pause = Math.min(pause * 2, 100)) {
    if (performance.now() >= end) return false;
    await sleep(Math.min(pause, ms));
  }
  return true;
}

function isAlive(leader: number): boolean {
  if (!signalGroup(leader, 0)) return false;
  if (process.platform !== 'linux') return true;
  // Where nobody fetches orphans, the dead keep their group's number for ever.
  const { state } = stat(leader) ?? {};
  if (state !== undefined && state !== 'Z') return true;
  return membersOf(leader).length > 0;
}

/** @returns whether there was anybody to be told */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}

/** Windows has neither groups nor signals that can be obeyed. */
async function endTree(leader: number): Promise<void> {
  await promisify(execFile)('taskkill', ['/pid', String(leader), '/T', '/F']).catch(() => {});
}

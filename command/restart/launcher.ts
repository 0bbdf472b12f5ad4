import { writeSync } from 'node:fs';
import { LAUNCHER_FD } from './messages.ts';

/** The launcher reads there which process is the gateway: it waits for that one and sends its signals on. */
const isThere = process.env.SWITCHYARD_LAUNCHER_FD === String(LAUNCHER_FD);

/** For a successor, which hands it on in its turn. */
export const launcherPipe = isThere ? LAUNCHER_FD : ('ignore' as const);

export function tellSuccessor(pid: number): void {
  tell(`+${pid}`);
}

export function tellExit(code: number): void {
  tell(`-${process.pid} ${code}`);
}

function tell(line: string): void {
  if (!isThere) return;
  try {
    writeSync(LAUNCHER_FD, `${line}\n`);
  } catch {
    // The launcher was killed.
  }
}

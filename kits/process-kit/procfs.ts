/** Processes as Linux shows them under /proc. Other systems have none, so nothing may depend on it. */
import { readFileSync, readdirSync } from 'node:fs';

export interface Stat {
  /** R, S, D, Z (dead, and not yet fetched by its parent) … */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** clock ticks from the machine's boot to the process's start: with the pid, it names a process for ever */
  readonly start: string;
  /** clock ticks that it has computed for */
  readonly time: number;
  /** pages of memory that it has */
  readonly pages: number;
}

export function stat(pid: number): Stat | undefined {
  const line = read(`/proc/${pid}/stat`);
  if (line === undefined) return undefined;
  // The program's name comes second, in brackets, and may hold anything.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return {
    state: fields[0]!,
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    start: fields[19]!,
    time: Number(fields[11]) + Number(fields[12]),
    pages: Number(fields[21]),
  };
}

/** Processes of a group that still run. */
export function membersOf(group: number): number[] {
  return allPids().filter((pid) => {
    const { state, group: its } = stat(pid) ?? {};
    return its === group && state !== 'Z' && state !== 'X';
  });
}

export function allPids(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** The command line, for people. */
export function commandOf(pid: number): string {
  return (read(`/proc/${pid}/cmdline`) ?? '').split('\0').join(' ').trim().slice(0, 200);
}

/** Differs after each boot of the machine. */
export const bootId = (): string => read('/proc/sys/kernel/random/boot_id')?.trim() ?? '';

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

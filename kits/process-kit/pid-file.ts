/** A note on disk of which process runs for which gateway, so that the next gateway finds what a killed one left behind. */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cgroupsLeft, closeCgroup, pidsIn } from './cgroup.ts';
import { endEach, endGroup } from './process-group.ts';
import { isOrphaned, pidsWith } from './environment-mark.ts';
import { bootId, stat } from './procfs.ts';

/** Where a program is installed. */
export interface ProgramFolder {
  /** its code; without code, what its toolchain installs */
  readonly folder: string;
  /** where that was before there was a folder for what is fetched; undefined: it is there still */
  readonly before?: string | undefined;
}

interface Note {
  readonly boot: string;
  readonly leader: Identity;
  readonly gateway: Identity;
  /** what its processes have in their environment: it names the gateway that started them, which may be another one */
  readonly mark?: string | undefined;
  /** processes that have left the leader's group */
  readonly strays?: readonly Known[];
}

/** A pid alone may have been reused. */
interface Identity {
  readonly pid: number;
  readonly start: string | undefined;
}

/** A process that cannot be confused with another. */
interface Known extends Identity {
  readonly start: string;
}

/** Each gateway has its own file, so that two with the same folder do not take each other's processes for orphans. */
const fileOf = (folder: string): string => `${folder}.${process.pid}.pid`;

/** Where nothing can be written, the death guard must do: a running program matters more than its note. */
export function writePidFile(
  folder: string,
  leader: number,
  mark?: string,
  strays: readonly Known[] = [],
): void {
  const note: Note = {
    boot: bootId(),
    leader: identify(leader),
    gateway: identify(process.pid),
    mark,
    strays: strays.map(({ pid, start }) => ({ pid, start })),
  };
  try {
    mkdirSync(dirname(folder), { recursive: true });
    writeFileSync(fileOf(folder), JSON.stringify(note));
  } catch {
    return;
  }
}

export function removePidFile(folder: string): void {
  rmSync(fileOf(folder), { force: true });
}

/** how old a search for marked processes may be, ms: all programs of a gateway are searched for at once */
const FRESH = 250;

/**
 * Ends the processes that a gateway which has ended left running.
 * @returns their pids: leaders, and processes that had left their groups
 */
export async function reapOrphans(
  place: ProgramFolder,
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<number[]> {
  const reaped: number[] = [];
  /** marks of programs of living gateways */
  const kept = new Set<string | undefined>();
  for (const file of filesOf(place)) {
    const note = read(file);
    if (note && isRunning(note, note.gateway)) {
      kept.add(note.mark);
      continue;
    }
    if (note && isRunning(note, note.leader)) {
      await endGroup(note.leader.pid, signal, graceMs);
      reaped.push(note.leader.pid);
    }
    const strays = note?.strays?.filter((stray) => isRunning(note, stray)) ?? [];
    await endEach(strays, signal, graceMs);
    reaped.push(...strays.map(({ pid }) => pid));
    rmSync(file, { force: true });
  }
  return [...reaped, ...(await reapMarked(place, kept, signal, graceMs))];
}

/** Ends processes known by their mark alone: they left their group unseen, or there is no note on them. */
async function reapMarked(
  { folder, before = folder }: ProgramFolder,
  kept: ReadonlySet<string | undefined>,
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<number[]> {
  const isLeft = (mark: string): boolean =>
    (isOrphaned(mark, folder) || isOrphaned(mark, before)) && !kept.has(mark);
  const cgroups = cgroupsLeft().filter(({ mark }) => isLeft(mark));
  const pids = new Set([...(await pidsWith(isLeft, FRESH)), ...cgroups.flatMap((one) => pidsIn(one.folder))]);
  const orphans = [...pids].map(identify).filter(isKnown);
  await endEach(orphans, signal, graceMs);
  for (const one of cgroups) closeCgroup(one.folder);
  return orphans.map(({ pid }) => pid);
}

/** The pid of the gateway that runs it just now; undefined: none does. */
export function gatewayRunning(place: ProgramFolder): number | undefined {
  const notes = filesOf(place).map(read);
  const live = notes.find((note) => note && isRunning(note, note.gateway) && isRunning(note, note.leader));
  return live?.gateway.pid;
}

function filesOf({ folder, before }: ProgramFolder): string[] {
  return [folder, ...(before === undefined ? [] : [before])].flatMap(filesBeside);
}

function filesBeside(folder: string): string[] {
  const [parent, name] = [dirname(folder), basename(folder)];
  const ours = (file: string) =>
    file.startsWith(`${name}.`) && /^\d+\.pid$/.test(file.slice(name.length + 1));
  try {
    return readdirSync(parent)
      .filter(ours)
      .map((file) => join(parent, file));
  } catch {
    return [];
  }
}

function read(file: string): Note | undefined {
  try {
    const note = JSON.parse(readFileSync(file, 'utf8')) as Note;
    return Number.isInteger(note.leader.pid) && note.leader.pid > 1 ? note : undefined;
  } catch {
    return undefined;
  }
}

const isKnown = (one: Identity): one is Known => one.start !== undefined;

const identify = (pid: number): Identity => ({ pid, start: stat(pid)?.start });

/** Where start times cannot be read, no process is taken for the one that was written down. */
const isRunning = (note: Note, { pid, start }: Identity): boolean =>
  start !== undefined && note.boot === bootId() && stat(pid)?.start === start;

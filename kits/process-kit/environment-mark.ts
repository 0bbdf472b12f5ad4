/** A mark in the environment of every process of a run, by which /proc shows it wherever it has gone (Linux). */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { allPids, stat } from './procfs.ts';

const NAME = 'SWITCHYARD_RUN';
const SAID = Buffer.from(`${NAME}=`);
/** processes that are read in one turn of the event loop */
const SLICE = 64;

/** A mark for one run of the program in a folder, which names the folder and the gateway. */
export function newMark(folder: string): string {
  return [nameOf(folder), process.pid, stat(process.pid)?.start, randomBytes(12).toString('hex')].join('-');
}

/** The environment that hands a mark on to whatever the program starts. */
export const markVariables = (mark: string): Record<string, string> => ({ [NAME]: mark });

/** As it stands in an environment. */
export const inEnvironment = (mark: string): string => `${NAME}=${mark}`;

/** All processes of that run. */
export async function pidsMarked(mark: string): Promise<number[]> {
  return [...(await marks(0))].filter(([, its]) => its === mark).map(([pid]) => pid);
}

/**
 * Processes with one of those marks.
 * @param ageMs ms that what is known may be old: all programs are asked for as a gateway starts
 */
export async function pidsWith(isWanted: (mark: string) => boolean, ageMs: number): Promise<number[]> {
  const found = [...(await marks(ageMs))].filter(([, mark]) => isWanted(mark));
  return found.map(([pid]) => pid);
}

/** It marks a run of the program in that folder, whose gateway has ended. */
export function isOrphaned(mark: string, folder: string): boolean {
  const [name, pid, start] = mark.split('-');
  return name === nameOf(folder) && stat(Number(pid))?.start !== start;
}

const nameOf = (folder: string): string => createHash('sha256').update(folder).digest('hex').slice(0, 16);

let latest: { readonly at: number; readonly found: Promise<ReadonlyMap<number, string>> } | undefined;

function marks(ageMs: number): Promise<ReadonlyMap<number, string>> {
  const now = performance.now();
  if (!latest || now - latest.at > ageMs) latest = { at: now, found: read() };
  return latest.found;
}

async function read(): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>();
  for (const [at, pid] of allPids().entries()) {
    if (at % SLICE === SLICE - 1) await turn();
    const mark = markOf(pid);
    if (mark !== undefined) found.set(pid, mark);
  }
  return found;
}

function markOf(pid: number): string | undefined {
  let environment: Buffer;
  try {
    environment = readFileSync(`/proc/${pid}/environ`);
  } catch {
    // It belongs to another user, or has ended.
    return undefined;
  }
  for (let at = environment.indexOf(SAID); at >= 0; at = environment.indexOf(SAID, at + 1)) {
    if (at > 0 && environment[at - 1] !== 0) continue;
    const end = environment.indexOf(0, at);
    return environment.toString('latin1', at + SAID.length, end < 0 ? environment.length : end);
  }
  return undefined;
}

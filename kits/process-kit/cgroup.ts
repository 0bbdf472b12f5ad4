/**
 * A control group of its own for a run, where the system lets us make one (cgroup v2, as root or where it is delegated):
 * nothing that the program starts can leave it. Elsewhere the mark in the environment has to do.
 */
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PREFIX = 'switchyard-';

/** @returns its folder; undefined: it cannot be had */
export function openCgroup(mark: string, pid: number): string | undefined {
  const ours = ownCgroup();
  if (ours === undefined) return undefined;
  const folder = join(ours, PREFIX + mark);
  try {
    mkdirSync(folder);
  } catch {
    return undefined;
  }
  try {
    writeFileSync(join(folder, 'cgroup.procs'), String(pid));
    return folder;
  } catch {
    closeCgroup(folder);
    return undefined;
  }
}

/** The processes that are in it now. */
export function pidsIn(folder: string | undefined): number[] {
  if (folder === undefined) return [];
  try {
    return readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Those that other gateways have left here, with the mark of each. */
export function cgroupsLeft(): { readonly folder: string; readonly mark: string }[] {
  const ours = ownCgroup();
  try {
    const names = ours === undefined ? [] : readdirSync(ours).filter((name) => name.startsWith(PREFIX));
    return names.map((name) => ({ folder: join(ours!, name), mark: name.slice(PREFIX.length) }));
  } catch {
    return [];
  }
}

/** Only an empty one can be taken away. */
export function closeCgroup(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // A process is still in it, or it is gone already.
  }
}

/** The one that the gateway is in, as a folder: where version 2 is mounted, and what this process says of itself. */
function ownCgroup(): string | undefined {
  try {
    const mount = readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .find((words) => words[words.indexOf('-') + 1] === 'cgroup2');
    const said = /^0::(\/.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
    const [root, folder] = [mount?.[3], mount?.[4]];
    if (root === undefined || folder === undefined || said === undefined || said.includes('..'))
      return undefined;
    return join(folder, root !== '/' && said.startsWith(root) ? said.slice(root.length) : said);
  } catch {
    return undefined;
  }
}

// What the operating system says about a process and everything it started. Linux only: elsewhere CPU and memory are not measured.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

export const isMeasured: boolean = process.platform === 'linux';

export interface Entry {
  pid: number;
  parent: number;
  started: string;
  childTicks: number;
  ticks: number;
}

/** The process and its descendants, as they are now. */
export function tree(root: number): Entry[] {
  if (!isMeasured) return [];
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => entry(Number(name)))
    .filter((found) => found !== undefined);
  const found = all.filter(({ pid }) => pid === root);
  for (const { pid } of found) found.push(...all.filter(({ parent }) => parent === pid));
  return found;
}

/** User and system time of the whole tree so far, children that ended included, in microseconds. */
export function cpu(root: number): number {
  return tree(root).reduce(
    (sum, process) =>
      sum + (scheduled(process.pid) ?? process.ticks * ticks()) + process.childTicks * ticks(),
    0,
  );
}

/** Resident memory of the whole tree, in MiB. */
export function rss(root: number): number {
  return tree(root).reduce(
    (sum, { pid }) => sum + Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? 0) / 1024,
    0,
  );
}

/** One process of /proc, or undefined when it is gone. Fields: proc_pid_stat(5), counted from the third, `state`. */
export function entry(pid: number): Entry | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const sum = (a: number, b: number): number => Number(fields[a]) + Number(fields[b]);
  return {
    pid,
    parent: Number(fields[1]),
    ticks: sum(11, 12),
    childTicks: sum(13, 14),
    started: fields[19] ?? '',
  };
}

// utime + stime come in ticks of 10 ms; the scheduler counts the same time in nanoseconds, thread by thread.
function scheduled(pid: number): number | undefined {
  try {
    const threads = readdirSync(`/proc/${pid}/task`).map((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'),
    );
    return threads.reduce((sum, text) => sum + Number(text.split(' ')[0]) / 1e3, 0);
  } catch {
    return undefined;
  }
}

let microsecondsPerTick: number | undefined;
/** Microseconds in a tick of /proc. */
export function ticks(): number {
  microsecondsPerTick ??= 1e6 / Number(execFileSync('getconf', ['CLK_TCK']));
  return microsecondsPerTick;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

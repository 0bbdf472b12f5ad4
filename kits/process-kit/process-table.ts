import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { allPids, stat } from './procfs.ts';

/** A process of the machine that runs. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** 0: not known */
  readonly session: number;
  /** with the pid, it names a process for ever; '': not known */
  readonly start: string;
  /** s of processor time so far */
  readonly cpu: number;
  /** resident bytes */
  readonly memory: number;
}

export interface ProcessTable {
  /** when it was read, on the clock of `performance.now()` */
  readonly atMs: number;
  readonly rows: ReadonlyMap<number, ProcessRow>;
}

/** processes that are read in one turn of the event loop */
const SLICE = 64;

let latest: { readonly atMs: number; readonly table: Promise<ProcessTable> } | undefined;

/** All processes as they were at most `age` ms ago: concurrent calls share one read. */
export function processTable(ageMs: number): Promise<ProcessTable> {
  const now = performance.now();
  if (!latest || now - latest.atMs > ageMs)
    latest = { atMs: now, table: read().then((rows) => ({ atMs: now, rows })) };
  return latest.table;
}

function read(): Promise<ProcessTable['rows']> {
  if (process.platform === 'linux') return fromProc();
  return process.platform === 'win32' ? Promise.resolve(new Map()) : fromPs();
}

async function fromProc(): Promise<ProcessTable['rows']> {
  const { page, ticks } = (machine ??= readMachine());
  const table = new Map<number, ProcessRow>();
  for (const [at, pid] of allPids().entries()) {
    if (at % SLICE === SLICE - 1) await turn();
    const known = stat(pid);
    if (!known || known.state === 'Z' || known.state === 'X') continue;
    const { parent, group, session, start, time, pages } = known;
    table.set(pid, { pid, parent, group, session, start, cpu: time / ticks, memory: pages * page });
  }
  return table;
}

let machine: { readonly page: number; readonly ticks: number } | undefined;

/** What the kernel counts in, from the auxiliary vector (man 3 getauxval): pairs of 8 bytes. */
function readMachine(): { page: number; ticks: number } {
  const [PAGE, TICKS] = [6n, 17n];
  const units = { page: 4_096, ticks: 100 };
  try {
    const vector = readFileSync('/proc/self/auxv');
    for (let at = 0; at + 16 <= vector.length; at += 16) {
      const key = vector.readBigUInt64LE(at);
      if (key === PAGE) units.page = Number(vector.readBigUInt64LE(at + 8));
      if (key === TICKS) units.ticks = Number(vector.readBigUInt64LE(at + 8));
    }
  } catch {
    // What nearly all machines have.
  }
  return units;
}

/** Where there is no /proc. */
async function fromPs(): Promise<ProcessTable['rows']> {
  const columns = 'pid=,ppid=,pgid=,rss=,stat=,time=';
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', columns]).catch(() => ({ stdout: '' }));
  return fromColumns(stdout);
}

/** @param text rows of pid, parent, group, memory in KiB, state and processor time */
export function fromColumns(text: string): ProcessTable['rows'] {
  const table = new Map<number, ProcessRow>();
  for (const row of text.split('\n')) {
    const [pid, parent, group, memory, state = '', time = ''] = row.trim().split(/\s+/);
    if (!pid || state.startsWith('Z')) continue;
    const numbers = { pid: Number(pid), parent: Number(parent), group: Number(group), session: 0 };
    table.set(Number(pid), { ...numbers, start: '', cpu: seconds(time), memory: Number(memory) * 1024 });
  }
  return table;
}

/** `[[days-]hours:]minutes:seconds` */
function seconds(time: string): number {
  const [, days = '0', clock = ''] = /^(?:(\d+)-)?([\d:.]+)$/.exec(time) ?? [];
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
}

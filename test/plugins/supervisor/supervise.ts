import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import type { Test } from 'tap';
import type {
  ProcessChange,
  ProcessSpec,
  ProcessState,
  Provider,
  Toolchain,
} from '../../../core/contracts/index.ts';
import { stat } from '../../../kits/process-kit/procfs.ts';
import { Supervisor } from '../../../plugins/supervisor/supervisor.ts';
import { testFolder } from '../../test-folder.ts';

export const standIn = join(import.meta.dirname, 'stand-in.mjs');

export const log = { debug() {}, info() {}, warn() {}, error() {} } as unknown as FastifyBaseLogger;

const loggingTo = (lines: string[] | undefined): FastifyBaseLogger =>
  lines ? Object.assign({ ...log }, { info: (_: unknown, line: string) => lines.push(line) }) : log;

interface Wishes {
  folder?: string;
  toolchain?: Toolchain;
  env?: Record<string, string>;
  now?: () => number;
  spec?: Partial<ProcessSpec>;
  use?: () => { inflight: number; begun: number };
  /** bytes that have come from it */
  heard?: () => number;
  /** what is told about it to the log of the gateway */
  logged?: string[];
  /** real ms for each ms that the supervisor means to wait */
  pace?: number;
}

/** A supervised stand-in, ended with the test, and a way to wait for its changes. */
export function supervise(
  t: Test,
  does: string,
  { folder, toolchain, env, now, spec, use, heard, logged, pace = 0.01 }: Wishes = {},
) {
  const watchers = new Set<(change: ProcessChange) => void>();
  const address = { origin: '', key: '' };
  const whole: ProcessSpec = {
    command: [process.execPath, standIn, ...does.split(' ')],
    env: { PORT: '{port}' },
    port: 'free',
    host: '127.0.0.1',
    probe: { method: 'GET', path: '/health', status: [200], everyMs: 1_000, withinMs: 5_000 },
    start: 'on-demand',
    stop: { signal: 'SIGTERM', graceMs: 2_000 },
    notes: { writes: [], risks: [] },
    ...spec,
  };
  const place = folder ?? join(testFolder(t, {}), 'stand-in');
  const one = new Supervisor({
    provider: { name: 'stand-in', address } as unknown as Provider,
    spec: whole,
    folder: place,
    prepared: `${place}.prepared`,
    data: `${place}.data`,
    logFile: `${place}.log`,
    toolchain,
    env: env ?? process.env,
    log: loggingTo(logged),
    now: now ?? (() => performance.now()),
    date: Date.now,
    random: () => 0,
    ...(use && { use }),
    ...(heard && { heard }),
    changed: (change) => watchers.forEach((watcher) => watcher(change)),
    later: (run, ms) => {
      const timer = setTimeout(run, ms * pace);
      return () => clearTimeout(timer);
    },
  });
  t.teardown(() => one.close());
  const until = (state: ProcessState) => {
    if (one.state === state) return Promise.resolve(one.history.at(-1)!);
    return new Promise<ProcessChange>((resolve) => {
      const watcher = (change: ProcessChange) => {
        if (change.state !== state) return;
        watchers.delete(watcher);
        resolve(change);
      };
      watchers.add(watcher);
    });
  };
  return { one, address, until, states: () => one.history.map(({ state }) => state) };
}

/** Zombies do not count. */
export function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return stat(pid)?.state !== 'Z';
  } catch {
    return false;
  }
}

export async function gone(pid: number): Promise<boolean> {
  for (let looks = 0; runs(pid); looks++) {
    if (looks > 4_500) return false;
    await sleep(20);
  }
  return true;
}

/** Waits for a line of its output. */
export async function said(one: Supervisor, start: string): Promise<string> {
  for (;;) {
    const line = one.output.find((its) => its.startsWith(start));
    if (line !== undefined) return line.slice(start.length).trim();
    await sleep(10);
  }
}

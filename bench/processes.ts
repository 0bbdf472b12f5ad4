// Every process the bench starts, on its core, and its certain end: also on Ctrl-C, on a failure, and when the bench itself is killed.
import { spawn, spawnSync, type ChildProcess, type StdioOptions } from 'node:child_process';
import { constants } from 'node:os';
import { wait } from './clock.ts';
import { entry, tree, type Entry } from './proc.ts';

export type Core = 'gateway' | 'rest';
export const cores: Readonly<Record<Core, number>> = { gateway: 0, rest: 1 };

const has = (command: string): boolean => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
export const isPinned: boolean = process.platform === 'linux' && has('taskset');
const dieWithUs = process.platform === 'linux' && has('setpriv') ? ['setpriv', '--pdeathsig', 'KILL'] : [];

const running = new Set<ChildProcess>();

export interface Start {
  stdio: StdioOptions;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/** Starts `command` on a core. Both wrappers exec, so the pid is the program's own. */
export function start(command: readonly string[], core: Core, { stdio, cwd, env }: Start): ChildProcess {
  const [file = '', ...args] = [
    ...dieWithUs,
    ...(isPinned ? ['taskset', '-c', String(cores[core])] : []),
    ...command,
  ];
  const child = spawn(file, args, {
    stdio,
    cwd,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** SIGTERM, two seconds, SIGKILL; then whatever of its tree is left. */
export async function stop(child: ChildProcess): Promise<void> {
  const family = child.pid === undefined ? [] : tree(child.pid);
  child.kill('SIGTERM');
  for (let waited = 0; running.has(child) && waited < 2_000; waited += 10) await wait(10);
  if (running.has(child)) child.kill('SIGKILL');
  family.forEach(kill);
}

function kill({ pid, started }: Entry): void {
  if (entry(pid)?.started !== started) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It exited by itself in between.
  }
}

function killAll(): void {
  for (const child of running) {
    const family = child.pid === undefined ? [] : tree(child.pid);
    child.kill('SIGKILL');
    family.forEach(kill);
  }
}

process.once('exit', killAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => process.exit(128 + constants.signals[signal]));

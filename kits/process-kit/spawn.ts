import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Exit } from './exit-meaning.ts';
import { endGroup } from './process-group.ts';
import { openCgroup } from './cgroup.ts';
import { startDeathGuard } from './parent-death-guard.ts';
import { markVariables } from './environment-mark.ts';
import type { Output } from './output.ts';
import { removePidFile, writePidFile } from './pid-file.ts';
import { stat } from './procfs.ts';
import { scriptFault } from './script-fault.ts';

export interface SpawnSpec {
  readonly command: readonly string[];
  readonly cwd?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly output: Output;
  /** the folder beside which a note is kept while it runs; undefined: none is */
  readonly folder?: string | undefined;
  /** what its processes are known by, wherever they go; undefined: only its group is known */
  readonly mark?: string | undefined;
}

/** A program in a process group of its own. */
export interface SpawnedGroup {
  /** undefined: it could not be run */
  readonly pid: number | undefined;
  /** folder of its control group, where it could have one */
  readonly cgroup: string | undefined;
  /** its input, output and error output */
  readonly streams: readonly Socket[];
  /** aborted when its first process has ended */
  readonly over: AbortSignal;
  /** settles when that was noticed and its last output was read */
  readonly exited: Promise<Exit>;
  /** Ends all of the group: a signal, ms until SIGKILL. Also clears away what a process that ended by itself left. */
  readonly end: (signal: NodeJS.Signals, graceMs: number) => Promise<void>;
  /** Another gateway process has it: it keeps running, and this process ignores it. */
  readonly release: () => void;
}

/** A program that another gateway process has started and hands over. */
export interface AdoptedGroup {
  readonly pid: number;
  readonly cgroup: string | undefined;
  readonly mark: string;
  readonly streams: readonly Socket[];
}

/** ms for what was written just before the end to arrive; children that live on may hold the pipe for ever */
const LAST_WORDS = 200;
/** ms between two checks of a process that is no child of this one */
const CHECK_EVERY = 200;

export function spawnGroup({ command, cwd, env, output, folder, mark }: SpawnSpec): SpawnedGroup {
  const [program, ...argv] = command;
  // Its input stays open as long as the gateway lives, so that a program can notice its death.
  const child = spawn(program!, argv, {
    cwd,
    env: mark === undefined ? env : { ...env, ...markVariables(mark) },
    detached: true,
    windowsHide: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const { pid } = child;
  // At once: what it has started before is not in it.
  const cgroup = pid === undefined || mark === undefined ? undefined : openCgroup(mark, pid);
  const fault = (): string | undefined =>
    process.platform === 'win32' ? undefined : scriptFault({ command, cwd, env });
  const ended = new Promise<Exit>((resolve) => {
    child.once(
      'error',
      (error) => pid === undefined && resolve({ code: null, signal: null, error, fault: fault() }),
    );
    child.once('exit', (code, signal) => resolve({ code, signal, fault: code ? fault() : undefined }));
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  // With pipes for all three, these are sockets.
  const streams = [child.stdin, child.stdout, child.stderr] as unknown as readonly Socket[];
  return group({ pid, cgroup, mark, streams }, { ended, closed, output, folder });
}

/** Goes on with a program that another gateway process has started. */
export function adoptGroup(
  { streams, ...known }: AdoptedGroup,
  { output, folder }: Pick<SpawnSpec, 'output' | 'folder'>,
): SpawnedGroup {
  const closed = Promise.all(
    streams.slice(1).map((stream) => new Promise<void>((resolve) => stream.once('close', resolve))),
  ).then(() => undefined);
  return group({ ...known, streams }, { ended: endOf(known.pid), closed, output, folder });
}

/** Only the parent is notified of the end of a process, so it is polled. */
function endOf(pid: number): Promise<Exit> {
  const start = stat(pid)?.start;
  const lives = (): boolean => {
    const now = stat(pid);
    return start === undefined ? isThere(pid) : now?.start === start && now.state !== 'Z';
  };
  return new Promise((resolve) => {
    const checking = setInterval(() => {
      if (lives()) return;
      clearInterval(checking);
      resolve({ code: null, signal: null, unseen: true });
    }, CHECK_EVERY).unref();
  });
}

interface Started extends Omit<AdoptedGroup, 'pid' | 'mark'> {
  readonly pid: number | undefined;
  readonly mark: string | undefined;
}

interface Watched extends Pick<SpawnSpec, 'output' | 'folder'> {
  readonly ended: Promise<Exit>;
  /** settles when its output has ended */
  readonly closed: Promise<void>;
}

function group(
  { pid, cgroup, mark, streams }: Started,
  { ended, closed, output, folder }: Watched,
): SpawnedGroup {
  const [stdin, ...outputs] = streams;
  stdin?.on('error', () => {});
  for (const stream of outputs) stream.on('data', output.source());
  const callOff = pid === undefined ? () => {} : startDeathGuard(pid, { mark, cgroup });
  if (pid !== undefined && folder !== undefined) writePidFile(folder, pid, mark);

  const over = new AbortController();
  const exited = ended.then(async (exit) => {
    over.abort();
    await Promise.race([closed, sleep(LAST_WORDS, undefined, { ref: false })]);
    output.flush();
    return exit;
  });
  const forget = (): void => {
    callOff();
    for (const stream of streams) stream.destroy();
    if (folder !== undefined) removePidFile(folder);
  };

  return {
    pid,
    cgroup,
    streams,
    exited,
    over: over.signal,
    end: async (signal, graceMs) => {
      if (pid === undefined) return;
      await endGroup(pid, signal, graceMs);
      callOff();
      await exited;
      forget();
    },
    release: forget,
  };
}

/** Without /proc it may be another process with the same pid. */
function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

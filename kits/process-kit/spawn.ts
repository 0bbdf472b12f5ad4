import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Exit } from './exit-meaning.ts';
import { endGroup } from './process-group.ts';
import { openCgroup } from './cgroup.ts';
import { startDeathGuard } from './parent-death-guard.ts';
import { markVariables } from './environment-mark.ts';
import type { Output } from './output.ts';
import { removePidFile, writePidFile } from './pid-file.ts';
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
  /** aborted when its first process has ended */
  readonly over: AbortSignal;
  /** settles when that has been noticed and its last words were read */
  readonly exited: Promise<Exit>;
  /** Ends all of the group: a signal, ms until SIGKILL. Also clears away what a process that ended by itself left. */
  readonly end: (signal: NodeJS.Signals, graceMs: number) => Promise<void>;
}

/** ms for what was written just before the end to arrive; children that live on may hold the pipe for ever */
const LAST_WORDS = 200;

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
  child.stdin.on('error', () => {});
  child.stdout.on('data', output.source());
  child.stderr.on('data', output.source());
  const callOff = pid === undefined ? () => {} : startDeathGuard(pid, { mark, cgroup });
  if (pid !== undefined && folder !== undefined) writePidFile(folder, pid);

  const over = new AbortController();
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const exited = ended.then(async (exit) => {
    over.abort();
    await Promise.race([closed, sleep(LAST_WORDS, undefined, { ref: false })]);
    output.flush();
    return exit;
  });

  return {
    pid,
    cgroup,
    exited,
    over: over.signal,
    end: async (signal, graceMs) => {
      if (pid === undefined) return;
      await endGroup(pid, signal, graceMs);
      callOff();
      await exited;
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      if (folder !== undefined) removePidFile(folder);
    },
  };
}

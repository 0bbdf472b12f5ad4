import { spawn } from 'node:child_process';
import { accessSync, constants as access } from 'node:fs';
import { rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '../fail.ts';
import type { Start } from './agents.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const root = fileURLToPath(new URL('../../..', import.meta.url));

export function isInstalled(command: string): boolean {
  const endings = process.platform === 'win32' ? (process.env.PATHEXT ?? '.EXE').split(';') : [''];
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => endings.some((ending) => isExecutable(join(folder, command + ending))));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, access.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs the agent in the terminal of this process, which ends as the agent does. */
export async function runAgent(command: string, { env, unset, args, folder }: Start): Promise<void> {
  const made = await folder?.make();
  try {
    const all = { ...process.env, ...env, ...(folder && { [folder.variable]: made }) };
    for (const name of [...unset, 'SWITCHYARD_LAUNCHER', 'SWITCHYARD_LAUNCHER_FD']) delete all[name];
    const { code, signal } = await ended(command, args, all);
    process.exitCode = signal ? 128 + constants.signals[signal] : code;
    if (signal) setImmediate(() => process.kill(process.pid, signal));
  } finally {
    if (made !== undefined) await rm(made, { recursive: true, force: true });
  }
}

function ended(command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const agent = spawn(command, args, {
    env,
    cwd: userFolder(env),
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  // At a terminal Ctrl-C reaches the agent by itself; a second one might mean something else to it.
  const forward = (signal: NodeJS.Signals) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) agent.kill(signal);
  };
  for (const name of SIGNALS) process.on(name, forward);
  return new Promise<{ code: number; signal: NodeJS.Signals | null }>((resolve, reject) => {
    agent.once('exit', (code, signal) => resolve({ code: code ?? 1, signal }));
    agent.once('error', (error) => reject(new Failure(`${command} could not be started: ${error.message}`)));
  }).finally(() => {
    for (const name of SIGNALS) process.off(name, forward);
  });
}

/** npm runs its scripts in the folder of the package; the agent is to work where the user is. */
function userFolder({ INIT_CWD, npm_package_json: script }: NodeJS.ProcessEnv): string {
  return INIT_CWD !== undefined && script !== undefined && join(dirname(script), '/') === root
    ? INIT_CWD
    : process.cwd();
}

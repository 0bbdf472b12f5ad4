import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAtLeast } from './choose-node.mjs';
import { environment } from './npm.mjs';
import { SetupFailure } from './setup-failure.mjs';
import { followSuccessors } from './successors.mjs';

/** Runs `script` with the chosen Node and resolves to how it ended. `stopRequests` reach it from here on. */
export function launch({ root, node, script, args, stopRequests }) {
  const cache = process.env.NODE_COMPILE_CACHE ?? join(root, 'node_modules', '.cache', 'node-compile');
  const child = spawn(node.path, [...flags(node), script, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    // The script watches SWITCHYARD_LAUNCHER: a launcher that is killed hard has no last words.
    env: {
      ...environment(node.path),
      NODE_COMPILE_CACHE: cache,
      SWITCHYARD_LAUNCHER: String(process.pid),
      SWITCHYARD_LAUNCHER_FD: '3',
    },
  });
  const successors = followSuccessors(child.stdio[3]);
  stopRequests.receive = (signal) => {
    // The terminal has sent Ctrl-C to the child too; from here it would look like an impatient second one.
    if (signal === 'SIGINT' && hasTerminal()) return;
    child.kill(signal);
    successors.kill(signal);
  };
  return new Promise((resolve, reject) => {
    child.on('exit', async (code, signal) => {
      // What it has written last is read first.
      await sleep(20);
      resolve(successors.over() ?? { code, signal });
    });
    child.on('error', ({ code }) =>
      reject(
        new SetupFailure(
          `Could not start ${node.path} (${code}): remove runtime/node_modules to have Node fetched again, or install a newer Node.`,
        ),
      ),
    );
  });
}

/**
 * Tells `receive` each time something wants this process to stop: a signal, or npm being gone. Where there is no
 * terminal SIGHUP is the script's affair, and says nothing before there is one.
 */
export function listenForStop(receive) {
  const atTerminal = hasTerminal();
  const requests = { receive: (signal) => (signal !== 'SIGHUP' || atTerminal) && receive(signal) };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, (signal) => requests.receive(signal));
  const parents = findParents();
  const watch = () => {
    if (findParents() === parents) return;
    clearInterval(watching);
    requests.receive('SIGTERM');
  };
  // The shell between npm and us dies of the signals that npm sends it and passes none on.
  const watching = process.env.npm_lifecycle_event ? setInterval(watch, 1000).unref() : undefined;
  return requests;
}

/**
 * The processes that must stay alive: the parent, and where that is npm's shell (its command line is ours), npm as
 * well.
 */
function findParents() {
  const parent = process.ppid;
  try {
    const command = readFileSync(`/proc/${parent}/cmdline`, 'utf8');
    if (!command.includes('run.mjs')) return String(parent);
    // After the name, which is in parentheses and may contain anything: the state, then the parent (proc(5)).
    const [, grandparent] = readFileSync(`/proc/${parent}/stat`, 'utf8').split(') ').at(-1).split(' ');
    return `${parent} ${grandparent}`;
  } catch {
    // No /proc, as on macOS: a shell that outlives npm goes unnoticed there.
    return String(parent);
  }
}

/** Ends this process the way the script ended: with its code, or by the same signal. */
export function endLike({ code, signal }) {
  process.exitCode = code ?? 1;
  if (!signal) return;
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

function flags({ version }) {
  return [
    // A gateway's garbage is many short-lived small objects: a roomy nursery keeps them out of the slow collections.
    '--min-semi-space-size=16',
    '--max-semi-space-size=32',
    '--initial-old-space-size=256',
    // A calm gateway gives back what its start, and a load, has left (command/give-back.ts).
    '--expose-gc',
    // Beside means instead where there is one core: marking in small steps holds streams up for less.
    // And several threads that share a short collection only switch.
    ...(availableParallelism() === 1 ? ['--no-concurrent-marking', '--no-parallel-scavenge'] : []),
    // Until 24.3 Node warns that stripping types is an experiment.
    ...(isAtLeast(version, '24.3.0') ? [] : ['--disable-warning=ExperimentalWarning']),
  ];
}

function hasTerminal() {
  return [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
}

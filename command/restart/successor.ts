import { execFile, spawn, type ChildProcess, type Serializable } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Programs } from '../../kits/feature-kit/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { root } from '../installation.ts';
import { descriptorOf } from '../listen.ts';
import { launcherPipe, tellSuccessor } from './launcher.ts';
import { OTHER_SOCKETS, SUCCEEDS, type ToPredecessor, type ToSuccessor } from './messages.ts';

/** ms that a successor may take to be ready, and then to take over */
const READY_WITHIN = 120_000;
const TAKEN_WITHIN = 30_000;

interface Predecessor {
  readonly server: Server;
  /** of its other threads */
  readonly sockets: readonly number[];
  /** `HOST:PORT` of the config in force */
  readonly address: string;
  readonly programs: Programs | undefined;
}

/**
 * Starts this program once more, beside this process, and hands the port and the programs over to it. Until it has both,
 * this process continues unchanged.
 * @returns its pid
 * @throws GatewayError `restart_failed` with its error
 */
export async function startSuccessor({ server, sockets, address, programs }: Predecessor): Promise<number> {
  const fd = descriptorOf(server);
  if (fd === undefined) throw failed('this system cannot hand a listening socket over');
  await programs?.settled();
  await prepare();
  const successor = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    env: { ...process.env, [SUCCEEDS]: address, [OTHER_SOCKETS]: String(sockets.length) },
    stdio: ['inherit', 'inherit', 'inherit', launcherPipe, 'ipc', fd, ...sockets],
  });
  // Reported by `answerOf`.
  successor.on('error', () => undefined);
  try {
    await answerOf(successor, (message) => message === 'ready', READY_WITHIN);
    const given = (await programs?.give()) ?? [];
    for (const { name, facts, streams } of given) {
      await send(successor, { program: name, facts: facts as Serializable });
      for (const stream of streams) await send(successor, { stream: name }, stream);
    }
    await send(successor, 'take-over');
    const { taken } = (await answerOf(successor, isTaken, TAKEN_WITHIN)) as Taken;
    programs?.release(new Set(taken));
  } catch (error) {
    successor.kill('SIGKILL');
    programs?.keep();
    throw error;
  }
  tellSuccessor(successor.pid as number);
  successor.disconnect();
  successor.unref();
  return successor.pid as number;
}

type Taken = Extract<ToPredecessor, { taken: unknown }>;

const isTaken = (message: ToPredecessor): boolean => typeof message === 'object' && 'taken' in message;

/** An upgrade may bring other packages, and another dashboard: the launcher installs both. */
async function prepare(): Promise<void> {
  if (!process.env.SWITCHYARD_LAUNCHER) return;
  const launcher = [join(root, 'runtime/run.mjs'), '--dashboard'];
  await promisify(execFile)(process.execPath, launcher).catch((error: Error & { stderr?: string }) => {
    throw failed(error.stderr?.trim() || error.message);
  });
}

/** Waits for a message. @throws GatewayError when the successor reports a failure, ends, or sends nothing in time */
async function answerOf(
  successor: ChildProcess,
  isIt: (message: ToPredecessor) => boolean,
  withinMs: number,
): Promise<ToPredecessor> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, AbortSignal.timeout(withinMs)]);
  try {
    return await Promise.race([heard(successor, isIt, signal), ended(successor, signal)]);
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw failed(`the new process was not ready within ${withinMs / 1000} s`, error);
  } finally {
    over.abort();
  }
}

async function heard(
  successor: ChildProcess,
  isIt: (message: ToPredecessor) => boolean,
  signal: AbortSignal,
): Promise<ToPredecessor> {
  for (;;) {
    const [message] = (await once(successor, 'message', { signal })) as [ToPredecessor];
    if (isIt(message)) return message;
    if (typeof message === 'object' && 'failed' in message) throw failed(message.failed);
  }
}

async function ended(successor: ChildProcess, signal: AbortSignal): Promise<never> {
  const { exitCode, signalCode } = successor;
  const [code, by] =
    exitCode === null && signalCode === null
      ? ((await once(successor, 'exit', { signal })) as [number | null, string | null])
      : [exitCode, signalCode];
  throw failed(`the new process ended ${by ? `by ${by}` : `with code ${code}`}; its output has the reason`);
}

function send(successor: ChildProcess, message: ToSuccessor, stream?: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    // Kept open here, so that the program loses nothing if the successor does not come.
    successor.send(message as Serializable, stream, { keepOpen: true }, (error) =>
      error ? reject(failed(error.message, error)) : resolve(),
    );
  });
}

const failed = (why: string, cause?: unknown): GatewayError =>
  new GatewayError('restart_failed', `the gateway was not restarted, and goes on as before: ${why}`, {
    cause,
  });

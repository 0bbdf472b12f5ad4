import type { SelectDeps } from './select-target.ts';
import type { Context, ManagedProcess, Target, Timeouts } from '../contracts/index.ts';
import { elapsed } from '../trace/elapsed.ts';
import { GatewayError, meaningOf } from '../errors.ts';
import { clientLeft } from '../request/client-disconnect.ts';
import { addNote } from '../trace/note.ts';

/** Reasons that asking a local process to be ready can lift; one that has failed tries again when its back-off is over. */
export const ASLEEP: ReadonlySet<string> = new Set([
  'absent',
  'installing',
  'stopped',
  'starting',
  'stopping',
  'backoff',
  'failed',
]);

/** How often (ms) a request that waits for a process looks whether somebody else can answer by now. */
const LOOK = 50;

/**
 * Starts a local process where nobody else can answer, and waits until it is ready or one of the others can answer, at
 * most `start` ms from when it begins to start; the start goes on after that. One that has crashed begins when its
 * back-off is over, which is waited for where it is no longer than `queue`.
 * @throws GatewayError why it cannot be had
 */
export async function waitForProcess(
  context: Context,
  target: Target,
  others: readonly Target[],
  timeouts: Timeouts,
  gateway: SelectDeps,
): Promise<void> {
  const process = gateway.process(target) as ManagedProcess;
  const { restartsAt } = process;
  const rests = restartsAt === undefined ? 0 : Math.max(0, restartsAt - gateway.now());
  if (rests > 0 && rests > timeouts.queue) throw restsTooLong(target, process, rests);
  const since = elapsed(context);
  const enough = new AbortController();
  const stop = () => enough.abort();
  let spilled = false;
  const look = (): void => {
    spilled = others.some((other) => !other.isFull && other.blocks(gateway.now()).size === 0);
    if (spilled) stop();
  };
  context.disconnect.signal.addEventListener('abort', stop, { once: true });
  const timer = setTimeout(stop, rests + timeouts.start);
  const looking = others.length > 0 ? setInterval(look, LOOK) : undefined;
  try {
    await process.ready(enough.signal);
  } catch (error) {
    if (context.disconnect.disconnected) throw clientLeft();
    if (!enough.signal.aborted) throw error;
    if (!spilled) throw stillStarting(target, process, gateway.now());
  } finally {
    clearTimeout(timer);
    clearInterval(looking);
    context.disconnect.signal.removeEventListener('abort', stop);
    addNote(
      context,
      { waited: `${target.provider.name} to be ready`, took: elapsed(context) - since },
      since,
    );
  }
}

/** It cannot be had, and the wait was not long: somebody else may. */
export function isRefusal(error: unknown): error is GatewayError {
  return error instanceof GatewayError && meaningOf(error.code).elsewhere;
}

function restsTooLong({ provider: { name } }: Target, process: ManagedProcess, rests: number): GatewayError {
  return new GatewayError('provider_unavailable', `${name} is blocked (${process.history.at(-1)?.reason})`, {
    retryAfter: Math.ceil(rests / 1000),
  });
}

function stillStarting({ provider: { name } }: Target, process: ManagedProcess, now: number): GatewayError {
  const { line, began } = process.progress ?? { line: process.state, began: now };
  const sofar = Math.round((now - began) / 1000);
  return new GatewayError(
    'provider_starting',
    `${name} is not ready yet (${line}, ${sofar} s so far); it goes on, come back in a few seconds`,
  );
}

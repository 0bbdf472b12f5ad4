import { type SelectDeps, timeoutsOf, type Wait } from './select.ts';
import type { Context, ManagedProcess } from '../contracts/index.ts';
import { GatewayError } from '../errors.ts';
import { clientLeft } from '../request/client-disconnect.ts';
import { elapsed } from '../trace/elapsed.ts';
import { addNote } from '../trace/note.ts';
import { isFree } from '../upstreams/availability.ts';

/** How often (ms) a request that waits for a process looks whether another target can answer by now. */
const CHECK_EVERY = 50;

/**
 * Starts a local process and waits until it is ready or another target can answer, at most `timeouts.start` from when it
 * begins to start; the start goes on after that. One that has crashed begins when its back-off is over.
 * @throws GatewayError why it cannot be had
 */
export async function waitForProcess(
  context: Context,
  { target, process, others }: Extract<Wait, { kind: 'wait for a process' }>,
  gateway: SelectDeps,
): Promise<void> {
  const restMs = Math.max(0, (process.restartsAtMs ?? 0) - gateway.now());
  const sinceUs = elapsed(context);
  const enough = new AbortController();
  const stop = () => enough.abort();
  let isOtherBack = false;
  const check = (): void => {
    isOtherBack = others.some((other) => isFree(other, gateway.now()));
    if (isOtherBack) stop();
  };
  context.disconnect.signal.addEventListener('abort', stop, { once: true });
  const timer = setTimeout(stop, restMs + timeoutsOf(context, target, gateway).start);
  const checking = others.length > 0 ? setInterval(check, CHECK_EVERY) : undefined;
  try {
    await process.ready(enough.signal);
  } catch (error) {
    if (context.disconnect.disconnected) throw clientLeft();
    if (!enough.signal.aborted) throw error;
    if (!isOtherBack) throw stillStarting(target.provider.name, process, gateway.now());
  } finally {
    clearTimeout(timer);
    clearInterval(checking);
    context.disconnect.signal.removeEventListener('abort', stop);
    const waited = `${target.provider.name} to be ready`;
    addNote(context, { waited, tookUs: elapsed(context) - sinceUs }, sinceUs);
  }
}

function stillStarting(name: string, process: ManagedProcess, now: number): GatewayError {
  const { line, beganMs } = process.progress ?? { line: process.state, beganMs: now };
  const soFar = Math.round((now - beganMs) / 1000);
  return new GatewayError(
    'provider_starting',
    `${name} is not ready yet (${line}, ${soFar} s so far); it goes on, come back in a few seconds`,
  );
}

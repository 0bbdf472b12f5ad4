import type { Exit } from './exit-meaning.ts';
import { spawnGroup } from './spawn.ts';
import type { SpawnSpec } from './spawn.ts';

/** ms that a program has to stop by itself */
const GRACE = 2_000;

/**
 * Runs a program to its end, in a process group that goes with the signal and with the gateway.
 * @throws the signal's reason
 */
export async function runOnce(what: SpawnSpec, signal: AbortSignal): Promise<Exit> {
  signal.throwIfAborted();
  const running = spawnGroup(what);
  const abort = () => void running.end('SIGTERM', GRACE);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await running.exited;
  } finally {
    signal.removeEventListener('abort', abort);
    await running.end('SIGKILL', 0);
    signal.throwIfAborted();
  }
}

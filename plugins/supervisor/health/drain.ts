import type { Use } from '../../../core/contracts/index.ts';
import { setTimeout as sleep } from 'node:timers/promises';

/** ms between two checks whether the last answer has ended */
const CHECK_EVERY = 20;

/** Waits until a process has no answer under way, at most `within` ms, or until the signal. */
export async function untilDrained(use: () => Use, withinMs: number, signal: AbortSignal): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (use().inflight > 0 && performance.now() < endMs && !signal.aborted)
    await sleep(CHECK_EVERY, undefined, { signal, ref: false }).catch(() => undefined);
}

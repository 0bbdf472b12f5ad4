import { setTimeout as sleep } from 'node:timers/promises';

interface Wait {
  /** @returns what is wrong; undefined: nothing */
  readonly probe: () => Promise<string | undefined>;
  /** called with what is wrong, at each probe that finds something */
  readonly waits: (complaint: string) => void;
  /** ms */
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

/**
 * Probes until the program is ready: often at first, because most programs are quick.
 * @returns what was wrong at the last probe when time was up; undefined: it is ready
 * @throws the signal's reason
 */
export async function untilReady({ probe, waits, withinMs, signal }: Wait): Promise<string | undefined> {
  const endMs = performance.now() + withinMs;
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 1.3, 250)) {
    const complaint = await probe();
    signal.throwIfAborted();
    if (complaint === undefined) return undefined;
    waits(complaint);
    if (performance.now() + pauseMs >= endMs) return complaint;
    await sleep(pauseMs, undefined, { signal });
  }
}

import type { Use } from '../../../core/contracts/index.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SupervisorDeps } from '../dependencies.ts';

/** ms between two checks whether the last answer has ended */
const CHECK_EVERY = 20;
/** ms that running answers may take, unless its plugin or the config says otherwise */
const DRAIN = 10_000;

/** The time that running answers have before their program is ended. */
export class Drain {
  readonly #deps: Pick<SupervisorDeps, 'use' | 'spec'>;
  readonly #skipped = new AbortController();

  constructor(deps: Pick<SupervisorDeps, 'use' | 'spec'>) {
    this.#deps = deps;
  }

  /** From now on an end does not wait for running answers. */
  skip(): void {
    this.#skipped.abort();
  }

  wait = async (): Promise<void> => {
    const { use, spec } = this.#deps;
    if (use) await untilDrained(use, spec.stop.drainMs ?? DRAIN, this.#skipped.signal);
  };
}

/** Waits until a process has no answer under way, at most `within` ms, or until the signal. */
async function untilDrained(use: () => Use, withinMs: number, signal: AbortSignal): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (use().inflight > 0 && performance.now() < endMs && !signal.aborted)
    await sleep(CHECK_EVERY, undefined, { signal, ref: false }).catch(() => undefined);
}

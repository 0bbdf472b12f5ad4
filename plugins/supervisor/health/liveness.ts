import type { AttemptOutcome } from '../../../core/contracts/index.ts';
import { StalledAttempts } from './stalled-attempts.ts';

/** Runs something after ms, unless called off before. Time is lent, so that tests need not wait. */
export type Schedule = (run: () => void, ms: number) => () => void;

export const schedule: Schedule = (run, ms) => {
  const timer = setTimeout(run, ms).unref();
  return () => clearTimeout(timer);
};

/** so many misses in a row, and it is not just a slow answer */
const MISSES = 3;
/** ms until the next look after a miss, and between two that were asked for */
const SOON = 2_000;

/** One look at a process. */
export interface ProbeResult {
  /** ms since 1970 */
  readonly at: number;
  /** ms until its answer, or until nobody waited for one any more */
  readonly took: number;
}

interface LivenessOptions {
  /** @returns what is wrong; undefined: nothing */
  readonly probe: () => Promise<string | undefined>;
  /** ms between two looks while all is well */
  readonly every: number;
  /** ms of being unwell after which it counts as dead; 0: never */
  readonly restartAfter: number;
  readonly later: Schedule;
  /** bytes of answers that have come from it; as long as they grow, it is busy and not dead */
  readonly bytesReceived: () => number;
  /** It computes: what takes long may come yet. */
  readonly isComputing: () => boolean;
  readonly unhealthy: (complaint: string) => void;
  readonly healthy: () => void;
  readonly dead: (complaint: string) => void;
}

/**
 * Whether a process that is ready still lives: it is looked at, at once where an attempt at it went wrong, and nobody
 * takes an answer to a look for life when requests get none.
 */
export class Liveness {
  /** undefined: nobody has looked yet */
  lastProbe: ProbeResult | undefined;
  readonly #options: LivenessOptions;
  readonly #stalled = new StalledAttempts();
  readonly #began = performance.now();
  #failedProbes = 0;
  #complaint: string | undefined;
  /** what was heard of it at the last look, and whether that was more than before */
  #bytes: number;
  #isBusy = false;
  #isProbing = false;
  #probedSoon = false;
  #ended = false;
  #cancelProbe: () => void;
  #cancelRestart = (): void => {};

  constructor(watched: LivenessOptions) {
    this.#options = watched;
    this.#bytes = watched.bytesReceived();
    this.#cancelProbe = watched.later(() => void this.#probe(), watched.every);
  }

  end(): void {
    this.#ended = true;
    this.#cancelProbe();
    this.#cancelRestart();
  }

  /** An attempt at it has ended. */
  observe(sign: AttemptOutcome): void {
    if (this.#ended || sign.since < this.#began) return;
    if (sign.kind === 'answered') return this.#answered();
    const { bytesReceived, isComputing, restartAfter } = this.#options;
    const inARow = sign.kind === 'stalled' && !isComputing() ? this.#stalled.add(sign, bytesReceived()) : 0;
    if (this.#stalled.areMany && restartAfter > 0)
      this.#markUnhealthy(`nothing came of ${inARow} requests in a row, the last: ${sign.what}`);
    this.#probeSoon();
  }

  #answered(): void {
    this.#stalled.clear();
    if (this.#complaint !== undefined && this.#failedProbes === 0) this.#recover();
  }

  /** Looks at once, not more often than every now and then. */
  #probeSoon(): void {
    if (this.#isProbing || this.#probedSoon) return;
    this.#probedSoon = true;
    this.#options.later(() => (this.#probedSoon = false), SOON);
    this.#cancelProbe();
    void this.#probe();
  }

  async #probe(): Promise<void> {
    const { probe, every, later: wait } = this.#options;
    this.#isProbing = true;
    const began = performance.now();
    const complaint = await probe();
    this.lastProbe = { at: Date.now(), took: performance.now() - began };
    this.#isProbing = false;
    if (this.#ended) return;
    this.#countBytes();
    this.#cancelProbe = wait(
      () => void this.#probe(),
      complaint === undefined ? every : Math.min(every, SOON),
    );
    if (complaint !== undefined) return this.#probeFailed(complaint);
    this.#failedProbes = 0;
    if (!this.#stalled.areMany) this.#recover();
  }

  #countBytes(): void {
    const heard = this.#options.bytesReceived();
    this.#isBusy = heard > this.#bytes;
    this.#bytes = heard;
  }

  #probeFailed(complaint: string): void {
    if (this.#isBusy) return;
    this.#failedProbes++;
    if (this.#failedProbes >= MISSES) this.#markUnhealthy(complaint);
  }

  #markUnhealthy(complaint: string): void {
    const { unhealthy, later: wait, restartAfter } = this.#options;
    const isNew = this.#complaint === undefined;
    this.#complaint = complaint;
    if (!isNew) return;
    if (restartAfter > 0) this.#cancelRestart = wait(() => this.#judge(), restartAfter);
    unhealthy(complaint);
  }

  #recover(): void {
    if (this.#complaint === undefined) return;
    this.#complaint = undefined;
    this.#cancelRestart();
    this.#options.healthy();
  }

  #judge(): void {
    const { dead, later: wait, every } = this.#options;
    if (this.#isBusy) this.#cancelRestart = wait(() => this.#judge(), every);
    else dead(this.#complaint!);
  }
}

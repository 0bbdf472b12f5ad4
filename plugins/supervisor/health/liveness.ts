import type { AttemptOutcome } from '../../../core/contracts/index.ts';
import { StalledAttempts } from './stalled-attempts.ts';

/** Runs something after ms. Tests inject it, so that they need not wait. @returns cancels it */
export type Schedule = (run: () => void, ms: number) => () => void;

export const schedule: Schedule = (run, ms) => {
  const timer = setTimeout(run, ms).unref();
  return () => clearTimeout(timer);
};

/** failed probes in a row that make it unhealthy: fewer may be slow answers */
const MISSES = 3;
/** ms until the next probe after a failed one, and between two that failed attempts asked for */
const SOON = 2_000;

/** One probe of a process. */
export interface ProbeResult {
  /** ms since 1970 */
  readonly atEpochMs: number;
  /** ms until its answer, or until the probe's time was up */
  readonly tookMs: number;
}

interface LivenessOptions {
  /** @returns what is wrong; undefined: nothing */
  readonly probe: () => Promise<string | undefined>;
  /** ms between two probes while it is healthy */
  readonly everyMs: number;
  /** ms of being unhealthy after which it counts as dead; 0: never */
  readonly restartAfterMs: number;
  readonly later: Schedule;
  /** bytes of its answers so far; while they grow, it is busy and not dead */
  readonly bytesReceived: () => number;
  /** It computes: a slow answer may still come. */
  readonly isComputing: () => boolean;
  readonly unhealthy: (complaint: string) => void;
  readonly healthy: () => void;
  readonly dead: (complaint: string) => void;
}

/**
 * Whether a process that was ready still works: it is probed now and then, and at once where an attempt at it failed. A
 * probe that succeeds does not make it healthy while requests get no answer.
 */
export class Liveness {
  /** undefined: it was not probed yet */
  lastProbe: ProbeResult | undefined;
  readonly #options: LivenessOptions;
  readonly #stalled = new StalledAttempts();
  readonly #beganMs = performance.now();
  #failedProbes = 0;
  #complaint: string | undefined;
  /** bytes received at the last probe, and whether there were more than before */
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
    this.#cancelProbe = watched.later(() => void this.#probe(), watched.everyMs);
  }

  end(): void {
    this.#ended = true;
    this.#cancelProbe();
    this.#cancelRestart();
  }

  /** An attempt at it has ended. */
  observe(sign: AttemptOutcome): void {
    if (this.#ended || sign.sinceMs < this.#beganMs) return;
    if (sign.kind === 'answered') return this.#answered();
    const { bytesReceived, isComputing, restartAfterMs } = this.#options;
    const inARow = sign.kind === 'stalled' && !isComputing() ? this.#stalled.add(sign, bytesReceived()) : 0;
    if (this.#stalled.areMany && restartAfterMs > 0)
      this.#markUnhealthy(`nothing came of ${inARow} requests in a row, the last: ${sign.what}`);
    this.#probeSoon();
  }

  #answered(): void {
    this.#stalled.clear();
    if (this.#complaint !== undefined && this.#failedProbes === 0) this.#recover();
  }

  /** Probes at once, but not more often than each `SOON`. */
  #probeSoon(): void {
    if (this.#isProbing || this.#probedSoon) return;
    this.#probedSoon = true;
    this.#options.later(() => (this.#probedSoon = false), SOON);
    this.#cancelProbe();
    void this.#probe();
  }

  async #probe(): Promise<void> {
    const { probe, everyMs, later: wait } = this.#options;
    this.#isProbing = true;
    const beganMs = performance.now();
    const complaint = await probe();
    this.lastProbe = { atEpochMs: Date.now(), tookMs: performance.now() - beganMs };
    this.#isProbing = false;
    if (this.#ended) return;
    this.#countBytes();
    this.#cancelProbe = wait(
      () => void this.#probe(),
      complaint === undefined ? everyMs : Math.min(everyMs, SOON),
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
    const { unhealthy, later: wait, restartAfterMs } = this.#options;
    const isNew = this.#complaint === undefined;
    this.#complaint = complaint;
    if (!isNew) return;
    if (restartAfterMs > 0) this.#cancelRestart = wait(() => this.#judge(), restartAfterMs);
    unhealthy(complaint);
  }

  #recover(): void {
    if (this.#complaint === undefined) return;
    this.#complaint = undefined;
    this.#cancelRestart();
    this.#options.healthy();
  }

  #judge(): void {
    const { dead, later: wait, everyMs } = this.#options;
    if (this.#isBusy) this.#cancelRestart = wait(() => this.#judge(), everyMs);
    else dead(this.#complaint!);
  }
}

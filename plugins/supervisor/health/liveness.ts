import type { AttemptOutcome } from '../../../core/contracts/index.ts';
import { Stalls } from './attempt-signs.ts';

/** Runs something after ms, unless called off before. Time is lent, so that tests need not wait. */
export type Later = (run: () => void, ms: number) => () => void;

export const later: Later = (run, ms) => {
  const timer = setTimeout(run, ms).unref();
  return () => clearTimeout(timer);
};

/** so many misses in a row, and it is not just a slow answer */
const MISSES = 3;
/** ms until the next look after a miss, and between two that were asked for */
const SOON = 2_000;

/** One look at a process. */
export interface Look {
  /** ms since 1970 */
  readonly at: number;
  /** ms until its answer, or until nobody waited for one any more */
  readonly took: number;
}

interface Watched {
  /** @returns what is wrong; undefined: nothing */
  readonly look: () => Promise<string | undefined>;
  /** ms between two looks while all is well */
  readonly every: number;
  /** ms of being unwell after which it counts as dead; 0: never */
  readonly callerTimeout: number;
  readonly later: Later;
  /** bytes of answers that have come from it; as long as they grow, it is busy and not dead */
  readonly heard: () => number;
  /** It computes: what takes long may come yet. */
  readonly computes: () => boolean;
  readonly sick: (complaint: string) => void;
  readonly well: () => void;
  readonly dead: (complaint: string) => void;
}

/**
 * Whether a process that is ready still lives: it is looked at, at once where an attempt at it went wrong, and nobody
 * takes an answer to a look for life when requests get none.
 */
export class Liveness {
  /** undefined: nobody has looked yet */
  lastLook: Look | undefined;
  readonly #watched: Watched;
  readonly #stalls = new Stalls();
  readonly #began = performance.now();
  #misses = 0;
  #complaint: string | undefined;
  /** what was heard of it at the last look, and whether that was more than before */
  #heard: number;
  #isBusy = false;
  #isLooking = false;
  #wasHurried = false;
  #ended = false;
  #cancelLook: () => void;
  #cancelDeath = (): void => {};

  constructor(watched: Watched) {
    this.#watched = watched;
    this.#heard = watched.heard();
    this.#cancelLook = watched.later(() => void this.#look(), watched.every);
  }

  end(): void {
    this.#ended = true;
    this.#cancelLook();
    this.#cancelDeath();
  }

  /** An attempt at it has ended. */
  saw(sign: AttemptOutcome): void {
    if (this.#ended || sign.since < this.#began) return;
    if (sign.kind === 'answered') return this.#answered();
    const { heard, computes, callerTimeout } = this.#watched;
    const inARow = sign.kind === 'stalled' && !computes() ? this.#stalls.add(sign, heard()) : 0;
    if (this.#stalls.areMany && callerTimeout > 0)
      this.#sicken(`nothing came of ${inARow} requests in a row, the last: ${sign.what}`);
    this.#hurry();
  }

  #answered(): void {
    this.#stalls.clear();
    if (this.#complaint !== undefined && this.#misses === 0) this.#recover();
  }

  /** Looks at once, not more often than every now and then. */
  #hurry(): void {
    if (this.#isLooking || this.#wasHurried) return;
    this.#wasHurried = true;
    this.#watched.later(() => (this.#wasHurried = false), SOON);
    this.#cancelLook();
    void this.#look();
  }

  async #look(): Promise<void> {
    const { look, every, later: wait } = this.#watched;
    this.#isLooking = true;
    const began = performance.now();
    const complaint = await look();
    this.lastLook = { at: Date.now(), took: performance.now() - began };
    this.#isLooking = false;
    if (this.#ended) return;
    this.#listen();
    this.#cancelLook = wait(() => void this.#look(), complaint === undefined ? every : Math.min(every, SOON));
    if (complaint !== undefined) return this.#missed(complaint);
    this.#misses = 0;
    if (!this.#stalls.areMany) this.#recover();
  }

  #listen(): void {
    const heard = this.#watched.heard();
    this.#isBusy = heard > this.#heard;
    this.#heard = heard;
  }

  #missed(complaint: string): void {
    if (this.#isBusy) return;
    this.#misses++;
    if (this.#misses >= MISSES) this.#sicken(complaint);
  }

  #sicken(complaint: string): void {
    const { sick, later: wait, callerTimeout } = this.#watched;
    const isNew = this.#complaint === undefined;
    this.#complaint = complaint;
    if (!isNew) return;
    if (callerTimeout > 0) this.#cancelDeath = wait(() => this.#judge(), callerTimeout);
    sick(complaint);
  }

  #recover(): void {
    if (this.#complaint === undefined) return;
    this.#complaint = undefined;
    this.#cancelDeath();
    this.#watched.well();
  }

  #judge(): void {
    const { dead, later: wait, every } = this.#watched;
    if (this.#isBusy) this.#cancelDeath = wait(() => this.#judge(), every);
    else dead(this.#complaint!);
  }
}

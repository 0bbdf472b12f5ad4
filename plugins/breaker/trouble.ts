import type { Target, Trouble } from '../../core/contracts.ts';
import type { BreakerOptions } from './options.ts';

interface Lent {
  readonly now: () => number;
  readonly random: () => number;
}

/** What is remembered of a target that has failed, from its first failure until it is well again. */
export class TargetTrouble implements Trouble {
  readonly target: Target;
  readonly #options: BreakerOptions;
  readonly #lent: Lent;
  /** how often it was out since its last good answer */
  trips = 0;
  /** when it was put out last, on the clock of `performance.now()` */
  since = 0;
  /** It could not even be reached: a look at it without a request tells when it is back. */
  unreachable = false;
  #message = '';
  /** failures in a row */
  #row = 0;
  /** the window's attempts, and those of them that failed */
  #attempts = 0;
  #failed = 0;
  #windowEnds: number;

  constructor(target: Target, options: BreakerOptions, lent: Lent) {
    this.target = target;
    this.#options = options;
    this.#lent = lent;
    this.#windowEnds = lent.now() + options.window;
  }

  get out(): boolean {
    return this.target.live.blocks.has('breaker');
  }

  /** The first attempt after its pause is the trial: until its end is known the others see it as out. */
  began(): void {
    if (this.trips > 0) this.#block(this.#options.longest, 'being tried again');
  }

  failed(message: string, unreachable: boolean): void {
    const { failures, first, longest } = this.#options;
    this.#count();
    this.#failed++;
    this.#row++;
    if (!unreachable && this.trips === 0 && this.#row < failures && !this.#tooMany()) return;
    this.unreachable = unreachable;
    this.#message = message;
    const pause = Math.min(longest, first * 2 ** this.trips) * (0.9 + 0.2 * this.#lent.random());
    this.trips++;
    this.since = performance.now();
    this.#block(pause, `tried again in ${(pause / 1000).toFixed(1)} s`);
  }

  /** @returns whether it is well again, and there is nothing left to remember */
  answered(): boolean {
    this.#count();
    this.#row = 0;
    if (this.trips > 0) {
      // The trial went well: what its window counted was the trouble that is over.
      this.target.unblock('breaker');
      return true;
    }
    return this.#attempts === 1;
  }

  /** Nobody knows what would have come of its trial: the next one tries. */
  undecided(): void {
    if (this.trips > 0) this.target.unblock('breaker');
  }

  /** It was looked at, and does not answer: nobody's request need find that out. */
  stillGone(ms: number): void {
    const left = (this.target.live.blocks.get('breaker')?.until ?? 0) - this.#lent.now();
    if (left < ms) this.#block(ms, 'looked at, and not there');
  }

  /** It was looked at, and answers: the next request is its trial. */
  thereAgain(): void {
    this.unreachable = false;
    this.target.unblock('breaker');
  }

  #block(ms: number, what: string): void {
    this.target.block('breaker', this.#lent.now() + ms, `${this.#message}; ${what}`, true);
  }

  #count(): void {
    const now = this.#lent.now();
    if (now >= this.#windowEnds) {
      this.#attempts = this.#failed = 0;
      this.#windowEnds = now + this.#options.window;
    }
    this.#attempts++;
  }

  #tooMany(): boolean {
    const { minimum, rate } = this.#options;
    return this.#attempts >= minimum && this.#failed / this.#attempts >= rate;
  }
}

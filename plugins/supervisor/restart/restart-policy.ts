import type { GatewayError } from '../../../core/errors.ts';
import type { Crash } from './crash.ts';
import { NO_CRASHES, afterCrash, backOff, isLoop } from './crash-loop.ts';

/** ms of health below which an end counts as the program's fault, whatever it wrote */
const SETTLED = 100;

/** When a process may be started again, by what went wrong so far. */
export class RestartPolicy {
  #crashes = NO_CRASHES;
  #last: { readonly error: GatewayError; readonly until: number } | undefined;
  readonly #now: () => number;
  readonly #random: () => number;

  constructor(now: () => number, random: () => number) {
    this.#now = now;
    this.#random = random;
  }

  get until(): number | undefined {
    return this.#last?.until;
  }

  /** What failed last, as long as it is too early to try again. */
  get last(): GatewayError | undefined {
    return this.#last && this.#now() < this.#last.until ? this.#last.error : undefined;
  }

  /** A fresh start was asked for. */
  reset(): void {
    this.#crashes = NO_CRASHES;
    this.#last = undefined;
  }

  /**
   * It ended by itself.
   * @param healthyFor ms that it was healthy before
   * @returns whether it is a loop, and ms until it should be tried again
   */
  crash(error: Crash, healthyFor: number): { loops: boolean; delay: number } {
    if (error.blameless && healthyFor >= SETTLED) return { loops: false, delay: 0 };
    this.#crashes = afterCrash(this.#crashes, this.#now(), healthyFor);
    return { loops: isLoop(this.#crashes), delay: this.#hold(error) };
  }

  /** It failed before it ran. */
  fail(error: GatewayError): void {
    this.#crashes = { ...this.#crashes, streak: this.#crashes.streak + 1 };
    this.#hold(error);
  }

  #hold(error: GatewayError): number {
    const delay = backOff(this.#crashes.streak, this.#random);
    this.#last = { error, until: this.#now() + delay };
    return delay;
  }
}

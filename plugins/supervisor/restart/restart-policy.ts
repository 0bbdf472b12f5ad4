import type { GatewayError } from '../../../core/errors.ts';
import type { Crash } from './crash.ts';
import { NO_CRASHES, afterCrash, backOff, isLoop } from './crash-loop.ts';

/** ms of health below which an end counts as the program's fault, whatever it wrote */
const SETTLED = 100;

/** When a process may be started again, by its failures so far. */
export class RestartPolicy {
  #crashes = NO_CRASHES;
  #last: { readonly error: GatewayError; readonly untilMs: number } | undefined;
  readonly #now: () => number;
  readonly #random: () => number;

  constructor(now: () => number, random: () => number) {
    this.#now = now;
    this.#random = random;
  }

  get untilMs(): number | undefined {
    return this.#last?.untilMs;
  }

  /** The last failure, as long as it is too early to try again. */
  get last(): GatewayError | undefined {
    return this.#last && this.#now() < this.#last.untilMs ? this.#last.error : undefined;
  }

  /** A fresh start was asked for. */
  reset(): void {
    this.#crashes = NO_CRASHES;
    this.#last = undefined;
  }

  /**
   * It ended by itself.
   * @param healthyForMs ms that it was healthy before
   * @returns whether it is a loop, and ms until it should be tried again
   */
  crash(error: Crash, healthyForMs: number): { loops: boolean; delayMs: number } {
    if (error.blameless && healthyForMs >= SETTLED) return { loops: false, delayMs: 0 };
    this.#crashes = afterCrash(this.#crashes, this.#now(), healthyForMs);
    return { loops: isLoop(this.#crashes), delayMs: this.#hold(error) };
  }

  /** It failed before it ran. */
  fail(error: GatewayError): void {
    this.#crashes = { ...this.#crashes, streak: this.#crashes.streak + 1 };
    this.#hold(error);
  }

  #hold(error: GatewayError): number {
    const delay = backOff(this.#crashes.streak, this.#random);
    this.#last = { error, untilMs: this.#now() + delay };
    return delay;
  }
}

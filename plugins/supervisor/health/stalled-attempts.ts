import type { AttemptOutcome } from '../../../core/contracts/index.ts';

/** so many one after the other, and it is not just slow */
const MANY = 3;

/** Attempts in a row that ran out of time while nothing came of any other. */
export class StalledAttempts {
  #count = 0;
  #until = -Infinity;
  #heard = 0;

  get areMany(): boolean {
    return this.#count >= MANY;
  }

  /**
   * @param heard bytes of all answers so far
   * @returns how many there are in a row by now
   */
  add({ since, until, bytes }: AttemptOutcome, heard: number): number {
    // Those that waited together for the same thing are one sign.
    if (since < this.#until) return this.#count;
    const others = heard - this.#heard - bytes;
    this.#count = this.#count > 0 && others > 0 ? 1 : this.#count + 1;
    this.#until = until;
    this.#heard = heard;
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
  }
}

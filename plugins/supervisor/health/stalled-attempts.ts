import type { AttemptOutcome } from '../../../core/contracts/index.ts';

/** stalled attempts in a row that make it unhealthy: fewer may be slow answers */
const MANY = 3;

/** Counts attempts in a row that ran out of time while no other attempt got an answer. */
export class StalledAttempts {
  #count = 0;
  #untilMs = -Infinity;
  #heard = 0;

  get areMany(): boolean {
    return this.#count >= MANY;
  }

  /**
   * @param heard bytes of all answers so far
   * @returns how many there are in a row by now
   */
  add({ sinceMs, untilMs, bytes }: AttemptOutcome, heard: number): number {
    // Attempts that waited at the same time count once.
    if (sinceMs < this.#untilMs) return this.#count;
    const others = heard - this.#heard - bytes;
    this.#count = this.#count > 0 && others > 0 ? 1 : this.#count + 1;
    this.#untilMs = untilMs;
    this.#heard = heard;
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
  }
}

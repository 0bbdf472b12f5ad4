/** ms of the first pause after a refusal that says no time, and of the longest: each is twice the one before. */
const FIRST = 1_000;
const LONGEST = 60_000;

/** The pause of what is used up and gave no time. */
export class GrowingPause {
  #next = FIRST;

  /** ms @param restMs of the pause that it is in: what was under way as that began makes it no longer */
  next(restMs: number): number {
    if (restMs > 0) return restMs;
    const pause = this.#next;
    this.#next = Math.min(LONGEST, pause * 2);
    return pause;
  }

  /** It gave an answer: its next pause is a short one. */
  answered(): void {
    this.#next = FIRST;
  }
}

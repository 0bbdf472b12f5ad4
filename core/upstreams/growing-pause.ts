/** ms of the first and the longest pause after a refusal that names no time. Each is twice the one before. */
const FIRST = 1_000;
const LONGEST = 60_000;

/** The pause of a quota that is used up, where the refusal names no time. */
export class GrowingPause {
  #next = FIRST;

  /** @returns ms @param restMs what is left of a pause that holds: refusals of requests that began before it do not lengthen it */
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

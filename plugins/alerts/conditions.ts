import type { News } from './alert.ts';

interface Known {
  readonly isBad: boolean;
  /** when it was last reported as failed */
  readonly toldAtMs: number;
}

/**
 * The last report of each subject. A change is reported once; a repeated failure after a while, and not at all if it has
 * ended by then.
 */
export class Conditions {
  readonly #tell: (news: News) => void;
  readonly #repeatMs: number;
  /** those that are bad, or were lately */
  readonly #known = new Map<string, Known>();

  constructor(tell: (news: News) => void, repeatMs: number) {
    this.#tell = tell;
    this.#repeatMs = repeatMs;
  }

  /** @returns whether nothing is left to report */
  report(subject: string, isBad: boolean, nowMs: number, say: () => News): boolean {
    const known = this.#known.get(subject);
    const isRecent = known !== undefined && nowMs - known.toldAtMs < this.#repeatMs;
    if ((known?.isBad ?? false) === isBad) {
      if (!isBad && !isRecent) this.#known.delete(subject);
      return !isBad && !isRecent;
    }
    if (isBad && isRecent) return false;
    this.#known.set(subject, { isBad, toldAtMs: isBad ? nowMs : (known as Known).toldAtMs });
    this.#tell(say());
    return false;
  }
}

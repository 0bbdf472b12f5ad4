import type { News } from './alert.ts';

interface Known {
  readonly isBad: boolean;
  /** when it was told to be bad last */
  readonly toldAtMs: number;
}

/**
 * What was told of each subject: a change is told once. What is bad again is told after a while, and not at all if it is
 * well by then.
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

  /** @returns whether nothing is left to be told of it */
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

/** The states that a local process went through. */
import type { ProcessChange, ProcessState } from '../../core/contracts/index.ts';

/** changes that are kept */
const KEPT = 100;

/** Changes of a process's state, newest last; bounded. */
export class History {
  readonly changes: ProcessChange[] = [];
  readonly #now: () => number;
  readonly #changed: (change: ProcessChange) => void;

  constructor(
    first: ProcessState,
    reason: string,
    now: () => number,
    changed: (change: ProcessChange) => void,
  ) {
    this.#now = now;
    this.#changed = changed;
    this.changes.push({ atEpochMs: now(), state: first, reason });
  }

  get last(): ProcessChange {
    return this.changes.at(-1)!;
  }

  /** Records and reports a change; the same state for the same reason is none. */
  set(state: ProcessState, reason: string): void {
    if (this.last.state === state && this.last.reason === reason) return;
    const change = { atEpochMs: this.#now(), state, reason };
    this.changes.push(change);
    if (this.changes.length > KEPT) this.changes.shift();
    this.#changed(change);
  }
}

/** What a local process is doing. */
import type { ProcessState } from '../contracts/answers.ts';

export type State = ProcessState;

export interface Change {
  /** ms since 1970 */
  readonly at: number;
  readonly state: State;
  readonly reason: string;
}

/** How many changes are kept. */
const KEPT = 100;

/** What a process went through, newest last; bounded. */
export class History {
  readonly changes: Change[] = [];
  readonly #now: () => number;
  readonly #changed: (change: Change) => void;

  constructor(first: State, reason: string, now: () => number, changed: (change: Change) => void) {
    this.#now = now;
    this.#changed = changed;
    this.changes.push({ at: now(), state: first, reason });
  }

  get last(): Change {
    return this.changes.at(-1)!;
  }

  /** Tells of a change; the same state for the same reason is none. */
  set(state: State, reason: string): void {
    if (this.last.state === state && this.last.reason === reason) return;
    const change = { at: this.#now(), state, reason };
    this.changes.push(change);
    if (this.changes.length > KEPT) this.changes.shift();
    this.#changed(change);
  }
}

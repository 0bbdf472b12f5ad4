import type * as contract from '../core/contracts/index.ts';
import type { Deadline } from '../core/contracts/index.ts';
import { performance } from 'node:perf_hooks';

/** a sweep that is this many ticks late was held up by the gateway itself */
const HELD_UP = 5;

/**
 * Watches deadlines with one sweep instead of a timer each: moving one is writing a number. They hang in a linked list
 * of their own and are cut out of it when they are over, because table entries of the dead keep bodies alive until a
 * full collection.
 */
export class DeadlineTimer implements contract.DeadlineTimer {
  readonly #tickMs: number;
  readonly #now: () => number;
  readonly #head: Deadline = { dueMs: Infinity, expire: () => {} };
  #timer: NodeJS.Timeout | undefined;
  /** the last sweep came so late that it let everybody off */
  #excused = false;
  /** the time of the last sweep: exact to one tick, for the price of reading a field */
  coarseMs: number;

  constructor(tick = 20, now = () => performance.now()) {
    this.#tickMs = tick;
    this.#now = now;
    this.coarseMs = now();
  }

  watch(deadline: Deadline): void {
    if (!this.#timer) this.#start();
    const first = this.#head.next;
    deadline.next = first;
    deadline.previous = this.#head;
    if (first) first.previous = deadline;
    this.#head.next = deadline;
  }

  forget(deadline: Deadline): void {
    const { next, previous } = deadline;
    if (!previous) return;
    previous.next = next;
    if (next) next.previous = previous;
    deadline.next = deadline.previous = undefined;
  }

  /**
   * Expires what is due; called by the timer, and by tests that inject the time. After the gateway itself was held up (too
   * much work, a machine that slept) nothing expires at once: what has come meanwhile is read before the next sweep.
   */
  sweep(): void {
    const now = this.#now();
    this.#excused = !this.#excused && now - this.coarseMs > HELD_UP * this.#tickMs;
    this.coarseMs = now;
    if (!this.#excused) this.#expire();
    if (!this.#head.next) this.#stop();
  }

  /** Everything that is watched is due now. */
  hurry(): void {
    for (let one = this.#head.next; one; one = one.next) one.dueMs = -Infinity;
    this.coarseMs = this.#now();
    this.#expire();
  }

  #expire(): void {
    const due: Deadline[] = [];
    for (let one = this.#head.next; one; one = one.next) if (one.dueMs <= this.coarseMs) due.push(one);
    for (const one of due) if (one.previous) one.expire();
  }

  now(): number {
    return this.#now();
  }

  #start(): void {
    this.coarseMs = this.#now();
    this.#timer = setInterval(() => this.sweep(), this.#tickMs);
    this.#timer.unref();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

import { performance } from 'node:perf_hooks';

/** Something that must have happened by a time. Times are ms on the clock of `performance.now()`. */
export interface Deadline {
  due: number;
  readonly expire: () => void;
}

/**
 * Watches deadlines with one sweep instead of a timer each: setting one is writing a number. They hang in a linked
 * list whose links are cut on removal, because table entries of the dead keep bodies alive until a full collection.
 */
export class Clock {
  readonly #tick: number;
  readonly #now: () => number;
  readonly #first: Link = { deadline: undefined, next: undefined, previous: undefined };
  #timer: NodeJS.Timeout | undefined;
  /** the time of the last sweep: exact to one tick, for the price of reading a field */
  coarse: number;

  constructor(tick = 20, now = () => performance.now()) {
    this.#tick = tick;
    this.#now = now;
    this.coarse = now();
  }

  watch(deadline: Deadline): Watched {
    this.#start();
    const link: Link = { deadline, next: this.#first.next, previous: this.#first };
    if (this.#first.next) this.#first.next.previous = link;
    this.#first.next = link;
    return { stop: () => this.#unlink(link) };
  }

  /** Expires what is due; called by the timer, and by tests that lend the time. */
  sweep(): void {
    this.coarse = this.#now();
    let link = this.#first.next;
    while (link) {
      const { deadline, next } = link;
      if (deadline && deadline.due <= this.coarse) {
        this.#unlink(link);
        deadline.expire();
      }
      link = next;
    }
    if (!this.#first.next) this.#stop();
  }

  now(): number {
    return this.#now();
  }

  #start(): void {
    if (this.#timer) return;
    this.coarse = this.#now();
    this.#timer = setInterval(() => this.sweep(), this.#tick);
    this.#timer.unref();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #unlink(link: Link): void {
    if (!link.deadline) return;
    if (link.previous) link.previous.next = link.next;
    if (link.next) link.next.previous = link.previous;
    link.deadline = link.previous = undefined;
  }
}

export interface Watched {
  stop(): void;
}

interface Link {
  deadline: Deadline | undefined;
  next: Link | undefined;
  previous: Link | undefined;
}

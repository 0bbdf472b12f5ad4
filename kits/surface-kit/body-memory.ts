import type { EventEmitter } from 'node:events';

/** bytes that each body may have outside the limit, so that long bodies do not exclude short ones */
const FREE = 64 * 1024;

/**
 * The memory of all long request bodies together; each takes its share from its first bytes until its answer is over.
 */
export class BodyMemory {
  readonly #most: number;
  #held = 0;

  /** @param most bytes */
  constructor(most: number) {
    this.#most = most;
  }

  get held(): number {
    return this.#held;
  }

  /** One request's share; released when its response closes. */
  share(response: EventEmitter): Share {
    const share = this.open();
    response.once('close', () => share.give());
    return share;
  }

  /** The share of what has no response, such as a WebSocket; its holder releases it. */
  open(): Share {
    return new Share((bytes) => this.#take(bytes));
  }

  #take(bytes: number): boolean {
    if (bytes > this.#most - this.#held) return false;
    this.#held += bytes;
    return true;
  }
}

export class Share {
  readonly #take: (bytes: number) => boolean;
  #held = 0;
  #isOver = false;

  constructor(take: (bytes: number) => boolean) {
    this.#take = take;
  }

  /** @returns whether there is room for a body of that length at the moment */
  fits(length: number): boolean {
    return this.grow(length) && this.#shrink();
  }

  /** @returns false: there is not enough room */
  grow(length: number): boolean {
    const more = length - FREE - this.#held;
    if (more <= 0 || this.#isOver) return true;
    if (!this.#take(more)) return false;
    this.#held += more;
    return true;
  }

  give(): void {
    this.#isOver = true;
    this.#shrink();
  }

  /** Gives back what is above that length. */
  shrink(length: number): void {
    this.#shrink(Math.max(0, length - FREE));
  }

  #shrink(rest = 0): boolean {
    const less = Math.max(0, this.#held - rest);
    this.#take(-less);
    this.#held -= less;
    return true;
  }
}

/** Whether a body of that announced length may take a share; one of unknown length may. */
export const mayBeLong = (announced: string | undefined): boolean => !(Number(announced) <= FREE);

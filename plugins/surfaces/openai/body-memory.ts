import type { EventEmitter } from 'node:events';

/** bytes that each body may have beside the bound, so that long ones keep out no short one */
const FREE = 64 * 1024;

/** The memory of all long request bodies together, each from its first bytes until its answer is over. */
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

  /** What one request holds; given back when its response closes. */
  share(response: EventEmitter): Share {
    const share = new Share((bytes) => this.#take(bytes));
    response.once('close', () => share.give());
    return share;
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

  /** @returns whether there is room for a body of that length, now */
  fits(length: number): boolean {
    return this.grow(length) && this.#shrink();
  }

  /** @returns false: there is no room for so much */
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

  #shrink(): boolean {
    this.#take(-this.#held);
    this.#held = 0;
    return true;
  }
}

/** Whether a body of that announced length may take a share; what is not announced may. */
export const mayBeLong = (announced: string | undefined): boolean => !(Number(announced) <= FREE);

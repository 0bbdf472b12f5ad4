/**
 * The longest turn of this thread's event loop, in ms of processor time: on a busy machine a turn takes longer than it
 * works.
 */
export class LongestTurn {
  #longestMs = 0;
  #spentMs = 0;
  #next: NodeJS.Immediate | undefined;

  /** Counts from the next turn on. */
  begin(): void {
    this.end();
    this.#next = setImmediate(() => {
      this.#longestMs = 0;
      this.#spentMs = spentMs();
      this.#turn();
    });
  }

  /** Stops counting. @returns ms */
  end(): number {
    clearImmediate(this.#next);
    return this.#longestMs;
  }

  #turn(): void {
    const now = spentMs();
    this.#longestMs = Math.max(this.#longestMs, now - this.#spentMs);
    this.#spentMs = now;
    this.#next = setImmediate(() => this.#turn());
  }
}

function spentMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e3;
}

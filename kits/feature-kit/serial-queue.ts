/** Runs work one piece after the other, also after one that has failed. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  run<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** Settles once the work so far has ended. */
  async idle(): Promise<void> {
    await this.#last;
  }
}

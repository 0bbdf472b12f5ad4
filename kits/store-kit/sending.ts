/** ms until PostgreSQL is tried again */
const AGAIN_MS = 1_000;

/** Sends what waits for PostgreSQL, one run at a time. A run that fails is repeated in a moment, until one does not. */
export class Sending {
  readonly #work: () => Promise<void>;
  #running: Promise<void> | undefined;
  /** What has come since the run began may not be in it. */
  #isWanted = false;
  #again: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param work sends all that waits */
  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** @throws where PostgreSQL cannot be asked: it is tried again */
  now(): Promise<void> {
    this.#isWanted = true;
    return (this.#running ??= this.#run());
  }

  /** In the background, and not before the next try where the last one failed. */
  soon(): void {
    if (!this.#again) void this.now().catch(() => undefined);
  }

  /** What waits is sent, unless PostgreSQL is lost: then it waits for the next gateway with this file. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (!this.#again) await this.now().catch(() => undefined);
    clearTimeout(this.#again);
  }

  async #run(): Promise<void> {
    clearTimeout(this.#again);
    this.#again = undefined;
    try {
      while (this.#isWanted) {
        this.#isWanted = false;
        await this.#work();
      }
    } catch (error) {
      if (!this.#isClosed) this.#again = setTimeout(() => this.#tryAgain(), AGAIN_MS);
      throw error;
    } finally {
      this.#running = undefined;
    }
  }

  #tryAgain(): void {
    this.#again = undefined;
    this.soon();
  }
}

import { EventEmitter } from 'node:events';
import type { Received } from './received.ts';

export type Which = (request: Received) => boolean;

/** What the upstream has received, and promises of what it is going to receive, so that tests need no sleep. */
export class Journal {
  readonly requests: Received[] = [];
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #callerTimeout: number;

  /** @param patience ms after which a promise gives up and says what it waited for */
  constructor(callerTimeout: number) {
    this.#callerTimeout = callerTimeout;
  }

  add(request: Received): void {
    this.requests.push(request);
    this.changed();
  }

  /** To be called whenever a request's record has changed. */
  changed(): void {
    this.#changes.emit('change');
  }

  /** The n-th request (from 1) of those asked for, once its body is here. */
  seen(n = 1, which: Which = () => true): Promise<Received> {
    const matching = () => this.requests.filter((request) => request.whole && which(request));
    return this.#until(
      () => matching()[n - 1],
      () => `${matching().length} of ${n} requests came`,
    );
  }

  /** The request once its exchange is over: ended, broken by the upstream, or left by the client. */
  over(request: Received): Promise<Received> {
    return this.#until(
      () => (request.overAt === undefined ? undefined : request),
      () =>
        `${request.method} ${request.path} is still being answered (${request.bytesWritten} bytes so far)`,
    );
  }

  active(): number {
    return this.requests.filter((request) => request.overAt === undefined).length;
  }

  /** Settles when nothing is being answered. */
  async quiet(): Promise<void> {
    await this.#until(
      () => (this.active() === 0 ? true : undefined),
      () => `${this.active()} requests are still being answered`,
    );
  }

  #until<T>(found: () => T | undefined, explain: () => string): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const value = found();
        if (value === undefined) return;
        stop();
        resolve(value);
      };
      const giveUp = () => {
        stop();
        reject(new Error(`upstream: after ${this.#callerTimeout} ms ${explain()}`));
      };
      const stop = () => {
        clearTimeout(timer);
        this.#changes.off('change', look);
      };
      const timer = setTimeout(giveUp, this.#callerTimeout);
      this.#changes.on('change', look);
      look();
    });
  }
}

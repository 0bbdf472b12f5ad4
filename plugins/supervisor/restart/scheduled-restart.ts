import type { GatewayError } from '../../../core/errors.ts';
import type { Schedule } from '../health/liveness.ts';
import { noop } from '../start-queue.ts';

/** A delayed restart after a failure. All that wait for it get its result. */
export class ScheduledRestart {
  readonly #later: Schedule;
  #planned: PromiseWithResolvers<void> | undefined;
  #cancel = noop;

  constructor(later: Schedule) {
    this.#later = later;
  }

  /** Settles as the start does; undefined: none is planned. */
  get awaited(): Promise<void> | undefined {
    return this.#planned?.promise;
  }

  /** @param delayMs ms */
  plan(delayMs: number, start: () => void): void {
    this.#cancel();
    if (!this.#planned) {
      this.#planned = Promise.withResolvers();
      this.#planned.promise.catch(noop);
    }
    this.#cancel = this.#later(start, delayMs);
  }

  /** It starts, at its time or because it was asked for earlier. */
  begin(started: Promise<void>): void {
    this.#cancel();
    this.#planned?.resolve(started);
    this.#planned = undefined;
  }

  cancel(error: GatewayError): void {
    this.#cancel();
    this.#planned?.reject(error);
    this.#planned = undefined;
  }
}

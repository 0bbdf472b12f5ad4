import type { GatewayError } from '../../../core/errors.ts';
import type { Schedule } from '../health/liveness.ts';
import { noop } from '../start-queue.ts';

/** A start that is put off after a failure. Who waits for it shares what comes of it. */
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

  /** @param delay ms */
  plan(delay: number, start: () => void): void {
    this.#cancel();
    if (!this.#planned) {
      this.#planned = Promise.withResolvers();
      this.#planned.promise.catch(noop);
    }
    this.#cancel = this.#later(start, delay);
  }

  /** It starts, now or because somebody asked before its time. */
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

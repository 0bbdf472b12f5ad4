import type * as contract from '../core/contracts/index.ts';

/** A place for what one feature does for the others. */
export class Slot<Service> implements contract.Slot<Service> {
  #current: Service | undefined;

  get current(): Service | undefined {
    return this.#current;
  }

  provide(service: Service | undefined): void {
    this.#current = service;
  }
}

import type { Caller, Ticket, Work } from '../../core/contracts/index.ts';
import { Meter, type Meters } from './meter.ts';

/** All requests without a key, where the gateway asks for none. Limits hold for them, too; their usage is not recorded. */
export class NoKey implements Caller {
  readonly id = '';
  readonly name = '';
  readonly #meter: Meter;

  constructor(meters: Meters) {
    this.#meter = new Meter({ key: '', owner: null, labels: [] }, meters, { isRecorded: false });
  }

  allowsModel(): boolean {
    return true;
  }

  begin(work: Work): Ticket | Promise<Ticket> {
    return this.#meter.begin(work);
  }
}

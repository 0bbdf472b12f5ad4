import type { Caller, Ticket, Work } from '../../core/contracts/index.ts';
import type { LimitStanding } from './limits/standing.ts';
import { Meter, type Meters } from './meter.ts';

/** A key of the config: it allows everything, has no limits of its own, and its usage is counted. */
export class ConfigKey implements Caller {
  readonly id: string;
  readonly name: string;
  readonly isAdmin: boolean;
  readonly #meter: Meter;

  constructor(id: string, name: string, isAdmin: boolean, meters: Meters) {
    this.id = id;
    this.name = name;
    this.isAdmin = isAdmin;
    this.#meter = new Meter({ key: name, owner: null, labels: [] }, meters);
  }

  /** how much of the limits is used that hold for it, too */
  get limits(): readonly LimitStanding[] {
    return this.#meter.standing;
  }

  allowsModel(): boolean {
    return true;
  }

  begin(work: Work): Ticket | Promise<Ticket> {
    return this.#meter.begin(work);
  }
}

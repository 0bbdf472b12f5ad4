import type { Caller, Ticket, Work } from '../../core/contracts/index.ts';
import { loose } from '../../wire/names.ts';
import { matchesAny } from '../../wire/wildcard.ts';
import type { KeyActivity } from './key-activity.ts';
import type { KeyRecord } from './key-record.ts';
import type { Limit } from './limits/limits.ts';
import type { LimitStanding } from './limits/standing.ts';
import { Meter, type Meters } from './meter.ts';

/** A key that was made here. It never changes: a change makes another, so that what is derived of it holds. */
export class ApiKey implements Caller {
  readonly record: KeyRecord;
  readonly activity: KeyActivity;
  readonly allowsProvider: ((provider: string) => boolean) | undefined;
  readonly #allowsAll: boolean;
  readonly #meter: Meter;

  constructor(record: KeyRecord, activity: KeyActivity, meters: Meters) {
    this.record = record;
    this.activity = activity;
    this.#allowsAll = record.models.includes('*');
    const providers = record.providers.map(loose);
    this.allowsProvider = providers.includes('*')
      ? undefined
      : (provider) => matchesAny(providers, loose(provider));
    const { name, owner, labels } = record;
    this.#meter = new Meter({ key: name, owner, labels }, meters, { own: ownLimit(record) });
  }

  get id(): string {
    return this.record.id;
  }

  get name(): string {
    return this.record.name;
  }

  /** how much of its limits is used */
  get limits(): readonly LimitStanding[] {
    return this.#meter.standing;
  }

  allowsModel(model: string): boolean {
    return this.#allowsAll || (model !== '' && matchesAny(this.record.models, model));
  }

  begin(work: Work): Ticket | Promise<Ticket> {
    this.activity.mustRun();
    const begun = this.#meter.begin(work, this.activity);
    this.activity.begin(work);
    return begun instanceof Promise ? this.#admitted(begun, work) : begun;
  }

  /** A request that is refused after all has no ticket that ends it. */
  async #admitted(begun: Promise<Ticket>, work: Work): Promise<Ticket> {
    try {
      return await begun;
    } catch (error) {
      this.activity.end(work);
      throw error;
    }
  }
}

const ownLimit = ({ id, limits }: KeyRecord): Limit | undefined =>
  Object.keys(limits).length === 0 ? undefined : { ...limits, id, name: null, from: 'key' };

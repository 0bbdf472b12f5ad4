import { randomBytes } from 'node:crypto';
import { GatewayError } from '../../../core/errors.ts';
import type { KeyStore } from '../key-store.ts';
import type { LimitInForce } from './limit-in-force.ts';
import type { LimitSet } from './limit-set.ts';
import type { Limit, LimitTraits } from './limits.ts';
import type { NamedLimit } from './read-limits.ts';

/** The limits that were made by the API, beside those of the config: in the store, and in force. */
export class MadeLimits {
  readonly #store: KeyStore;
  readonly #set: LimitSet;
  readonly #changed: () => unknown;
  readonly #made = new Map<string, Limit>();
  /** Changes are made one after the other, each on disk before it holds. */
  #changing: Promise<unknown> = Promise.resolve();

  /** @param changed is called when the store has changed */
  constructor(store: KeyStore, set: LimitSet, changed: () => unknown = () => undefined) {
    this.#store = store;
    this.#set = set;
    this.#changed = changed;
  }

  async read(): Promise<void> {
    this.#made.clear();
    for (const limit of await this.#store.readLimits()) this.#made.set(limit.id, limit);
    this.#apply();
  }

  get all(): readonly LimitInForce[] {
    return this.#set.all;
  }

  /** @throws GatewayError `limit_not_found` */
  named(name: string): LimitInForce {
    const found = this.all.findLast(({ limit }) => limit.name === name);
    if (found) return found;
    throw new GatewayError(
      'limit_not_found',
      `there is no limit '${name}'; GET /limits lists those that there are`,
    );
  }

  create({ name, ...traits }: NamedLimit): Promise<LimitInForce> {
    return this.#change(async () => {
      this.#mustBeFree(name);
      return this.#save({
        ...traits,
        id: `limit_${randomBytes(9).toString('base64url')}`,
        name,
        from: 'api',
      });
    });
  }

  /** @param traits those that it is to have instead; undefined takes one away */
  change(name: string, traits: Partial<NamedLimit>): Promise<LimitInForce> {
    return this.#change(async () => {
      const limit = this.#own(name);
      if (traits.name !== undefined && traits.name !== limit.name) this.#mustBeFree(traits.name);
      return this.#save({ ...limit, ...traits });
    });
  }

  remove(name: string): Promise<void> {
    return this.#change(async () => {
      const { id } = this.#own(name);
      await this.#store.remove('limits', id);
      this.#made.delete(id);
      this.#apply();
    });
  }

  /** Those of the config, by their names. */
  fromConfig(limits: Readonly<Record<string, LimitTraits>>): void {
    const all = Object.entries(limits).map(([name, traits]): Limit => {
      return { ...traits, id: `config_${name}`, name, from: 'config' };
    });
    this.#set.replace('config', all);
  }

  /** @throws GatewayError `action_conflict`: it is the config's */
  #own(name: string): Limit {
    const { limit } = this.named(name);
    if (limit.from === 'api') return limit;
    throw new GatewayError(
      'action_conflict',
      `the limit '${name}' is in the config: change auth.limits there, which holds at once`,
    );
  }

  async #save(limit: Limit): Promise<LimitInForce> {
    await this.#store.save('limits', limit);
    this.#made.set(limit.id, limit);
    this.#apply();
    return this.named(limit.name as string);
  }

  #apply(): void {
    this.#set.replace('api', [...this.#made.values()]);
  }

  #mustBeFree(name: string): void {
    if (!this.all.some(({ limit }) => limit.name === name)) return;
    throw new GatewayError(
      'action_conflict',
      `there is a limit '${name}'; change it, or choose another name`,
      {
        param: 'name',
      },
    );
  }

  #change<T>(change: () => Promise<T>): Promise<T> {
    const next = this.#changing.then(change).then(async (made) => {
      await this.#changed();
      return made;
    });
    this.#changing = next.catch(() => undefined);
    return next;
  }
}

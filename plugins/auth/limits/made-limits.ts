import { randomBytes } from 'node:crypto';
import { GatewayError } from '../../../core/errors.ts';
import { SerialQueue } from '../../../kits/feature-kit/index.ts';
import type { KeyStore } from '../keys/key-store.ts';
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
  readonly #changes = new SerialQueue();

  /** @param changed is called when the store has changed */
  constructor(store: KeyStore, set: LimitSet, changed: () => unknown = () => undefined) {
    this.#store = store;
    this.#set = set;
    this.#changed = changed;
  }

  /** All that is stored now. */
  replace(stored: readonly Limit[]): void {
    this.#made.clear();
    this.take(stored);
  }

  /** What is stored now, which may have been changed elsewhere. @param removed ids of those that are gone */
  take(stored: readonly Limit[], removed: readonly string[] = []): void {
    for (const limit of stored) this.#made.set(limit.id, limit);
    for (const id of removed) this.#made.delete(id);
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
      const id = `limit_${randomBytes(9).toString('base64url')}`;
      const limit: Limit = { ...traits, id, name, from: 'api' };
      await this.#store.add('limits', limit);
      return this.#saved(limit);
    });
  }

  /** @param traits those that it is to have instead; undefined takes one away */
  change(name: string, traits: Partial<NamedLimit>): Promise<LimitInForce> {
    return this.#change(async () => {
      const limit = this.#own(name);
      if (traits.name !== undefined && traits.name !== limit.name) this.#mustBeFree(traits.name);
      const saved = await this.#store.change('limits', limit.id, (stored) => ({ ...stored, ...traits }));
      if (saved) return this.#saved(saved);
      throw new GatewayError('limit_not_found', `the limit '${name}' is not there any more`);
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

  #saved(limit: Limit): LimitInForce {
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
    return this.#changes.run(async () => {
      const made = await change();
      await this.#changed();
      return made;
    });
  }
}

import { isDeepStrictEqual } from 'node:util';
import { GatewayError } from '../../core/errors.ts';
import { SerialQueue } from '../../kits/feature-kit/index.ts';
import { ApiKey } from './api-key.ts';
import { KeyActivity } from './key-activity.ts';
import { newId, newSecret, type KeyRecord } from './key-record.ts';
import type { Meters } from './meter.ts';
import type { KeyStore, Stored } from './keys/key-store.ts';
import type { SentKey } from './sent-keys.ts';

/** Members of a key that an operator sets. */
export type KeyTraits = Pick<
  KeyRecord,
  'name' | 'role' | 'owner' | 'labels' | 'models' | 'providers' | 'limits' | 'expiresEpochMs'
>;

/** A key whose text is shown, this once. */
export interface Shown {
  readonly key: ApiKey;
  readonly text: string;
}

/** The keys that were made here: in memory by their digests, and in the store. */
export class Keyring {
  readonly #store: KeyStore;
  readonly #date: () => number;
  readonly #meters: Meters;
  readonly #changed: () => unknown;
  readonly #keys = new Map<string, ApiKey>();
  #byDigest = new Map<string, KeyText>();
  /** changes with these: what was found before no longer holds */
  #version = 0;
  #hasAdmin = false;
  /** Changes are made one after the other, each on disk before it holds. */
  readonly #changes = new SerialQueue();

  /** @param changed is called when the store has changed */
  constructor(store: KeyStore, meters: Meters, changed: () => unknown = () => undefined) {
    this.#changed = changed;
    this.#store = store;
    this.#date = meters.date;
    this.#meters = meters;
  }

  /** All that is stored now. */
  replace(stored: readonly Stored[]): void {
    const ids = new Set(stored.map(({ record }) => record.id));
    for (const id of this.#keys.keys()) if (!ids.has(id)) this.#drop(id);
    for (const { record, usedEpochMs } of stored) this.#put(record, usedEpochMs);
    this.#index();
  }

  /** What another gateway has changed, which may end what runs here. @param removed ids of those that are gone */
  take(stored: readonly Stored[], removed: readonly string[]): void {
    for (const { record, usedEpochMs } of stored) {
      const endsNow = record.endsRunning && !this.#keys.get(record.id)?.record.endsRunning;
      const { activity } = this.#put(record, usedEpochMs);
      if (endsNow) activity.endAll(revoked(record.name));
    }
    for (const id of removed) this.#drop(id);
    this.#index();
  }

  get size(): number {
    return this.#keys.size;
  }

  /** in the order in which they were made */
  get all(): readonly ApiKey[] {
    return [...this.#keys.values()].toSorted((a, b) => a.record.createdEpochMs - b.record.createdEpochMs);
  }

  /** Counts invalid keys, too: the gateway does not open again by itself. */
  get hasAdmin(): boolean {
    return this.#hasAdmin;
  }

  /** @param isUse it is used with it. @throws GatewayError `key_revoked`, `key_expired` */
  find(sent: SentKey, isUse = true): ApiKey | undefined {
    if (sent.version !== this.#version) {
      sent.version = this.#version;
      sent.found = this.#byDigest.get(sent.digest);
    }
    if (!sent.found) return undefined;
    const { key, untilEpochMs } = sent.found;
    const now = this.#date();
    const invalid = whyInvalid(key.record, now, untilEpochMs);
    if (invalid) throw invalid;
    if (isUse) key.activity.used(now);
    return key;
  }

  /** By its id or its name. @throws GatewayError `key_not_found` */
  named(name: string): ApiKey {
    const key = this.#keys.get(name) ?? this.all.find((one) => one.name === name);
    if (key) return key;
    throw new GatewayError(
      'key_not_found',
      `there is no key '${name}'; GET /keys lists those that there are`,
    );
  }

  create(traits: KeyTraits): Promise<Shown> {
    return this.#change(async () => {
      this.#mustBeFree(traits.name);
      const { text, secret } = newSecret();
      const made = { id: newId(), createdEpochMs: this.#date(), revokedEpochMs: null, secrets: [secret] };
      const record = { ...traits, ...made };
      await this.#store.add('keys', record);
      return { key: this.#saved(record), text };
    });
  }

  change(name: string, traits: Partial<KeyTraits>): Promise<ApiKey> {
    return this.#change(async () => {
      const { record } = this.named(name);
      if (traits.name !== undefined && traits.name !== record.name) this.#mustBeFree(traits.name);
      return this.#edit(record, (stored) => ({ ...stored, ...traits }));
    });
  }

  /** Writes when keys were used last. */
  async saveActivities(): Promise<void> {
    await this.#store.saveActivities(this.unsaved());
  }

  /** When keys were used last, of those that were used since the last time. */
  unsaved(): ReadonlyMap<string, number | null> {
    const unsaved = new Map<string, number | null>();
    for (const { record, activity } of this.#keys.values()) {
      const one = activity.unsaved();
      if (one !== undefined) unsaved.set(record.id, one);
    }
    return unsaved;
  }

  /** Another thread has used them. */
  wereUsed(at: ReadonlyMap<string, number | null>): void {
    for (const [id, epochMs] of at) {
      const activity = this.#keys.get(id)?.activity;
      if (epochMs !== null && epochMs > (activity?.usedEpochMs ?? 0)) activity?.used(epochMs);
    }
  }

  /** How many requests of each key run. */
  running(): ReadonlyMap<string, number> {
    const all = [...this.#keys].map(([id, { activity }]) => [id, activity.running] as const);
    return new Map(all.filter(([, count]) => count > 0));
  }

  /** Gives it another text. @param untilEpochMs how long the text that it had is valid beside it */
  rotate(name: string, untilEpochMs: number): Promise<Shown> {
    return this.#change(async () => {
      const { record } = this.named(name);
      const { text, secret } = newSecret();
      const now = this.#date();
      const key = await this.#edit(record, (stored) => {
        const old = stored.secrets
          .map((one) => ({ ...one, untilEpochMs: Math.min(one.untilEpochMs ?? Infinity, untilEpochMs) }))
          .filter((one) => one.untilEpochMs > now);
        return { ...stored, secrets: [secret, ...old] };
      });
      return { key, text };
    });
  }

  /**
   * From the next request on it is refused.
   * @param now what runs is ended, at all gateways that have the key
   * @returns how much of it ran here
   */
  revoke(name: string, now: boolean): Promise<{ readonly key: ApiKey; readonly ended: number }> {
    return this.#change(async () => {
      const { record } = this.named(name);
      const key = await this.#edit(record, (stored) => ({
        ...stored,
        revokedEpochMs: stored.revokedEpochMs ?? this.#date(),
        ...(now && { endsRunning: true as const }),
      }));
      return { key, ended: now ? key.activity.endAll(revoked(key.name)) : 0 };
    });
  }

  /** What runs with it ends, too. */
  remove(name: string): Promise<void> {
    return this.#change(async () => {
      const { record } = this.named(name);
      await this.#store.remove('keys', record.id);
      this.#drop(record.id);
      this.#index();
    });
  }

  async #edit({ id, name }: KeyRecord, edit: (stored: KeyRecord) => KeyRecord): Promise<ApiKey> {
    const record = await this.#store.change('keys', id, edit);
    if (record) return this.#saved(record);
    throw new GatewayError('key_not_found', `the key '${name}' is not there any more`);
  }

  #saved(record: KeyRecord): ApiKey {
    const key = this.#put(record, null);
    this.#index();
    return key;
  }

  /** One that is as it was stays the same. */
  #put(record: KeyRecord, usedEpochMs: number | null): ApiKey {
    const known = this.#keys.get(record.id);
    if (known && isDeepStrictEqual(known.record, record)) return known;
    const key = new ApiKey(record, known?.activity ?? new KeyActivity(usedEpochMs), this.#meters);
    this.#keys.set(record.id, key);
    return key;
  }

  /** A key that was revoked `now` and removed during a disconnect is only seen to be gone. */
  #drop(id: string): void {
    const key = this.#keys.get(id);
    key?.activity.endAll(revoked(key.name));
    this.#keys.delete(id);
  }

  #change<T>(change: () => Promise<T>): Promise<T> {
    return this.#changes.run(async () => {
      const made = await change();
      await this.#changed();
      return made;
    });
  }

  #index(): void {
    this.#hasAdmin = [...this.#keys.values()].some(({ record }) => record.role === 'admin');
    this.#byDigest = new Map(
      [...this.#keys.values()].flatMap((key) =>
        key.record.secrets.map(({ digest, untilEpochMs }) => [digest, { key, untilEpochMs }]),
      ),
    );
    this.#version += 1;
  }

  #mustBeFree(name: string): void {
    // Usage and limits are reported by names.
    if (CONFIGS.test(name))
      throw new GatewayError(
        'action_conflict',
        `'${name}' is what a key of the config is called; choose another name`,
        { param: 'name' },
      );
    if (this.all.some((key) => key.name === name))
      throw new GatewayError(
        'action_conflict',
        `there is a key '${name}'; choose another name, or rotate it`,
        {
          param: 'name',
        },
      );
  }
}

/** names of keys of the config, and of the person with its password */
const CONFIGS = /^(?:(?:admin )?key \d+|admin \(password\))$/;

/** One of a key's texts. */
export interface KeyText {
  readonly key: ApiKey;
  /** null: as long as the key */
  readonly untilEpochMs: number | null;
}

function whyInvalid(
  { name, expiresEpochMs, revokedEpochMs }: KeyRecord,
  now: number,
  untilEpochMs: number | null,
): GatewayError | undefined {
  if (revokedEpochMs !== null) return revoked(name);
  if (expiresEpochMs !== null && expiresEpochMs <= now)
    return expired(`the key '${name}' expired at ${timeOf(expiresEpochMs)}`);
  if (untilEpochMs !== null && untilEpochMs <= now)
    return expired(`the key '${name}' was rotated, and its old text was valid until ${timeOf(untilEpochMs)}`);
  return undefined;
}

export const revoked = (name: string): GatewayError =>
  new GatewayError('key_revoked', `the key '${name}' was revoked; ask the operator for another`);

const expired = (what: string): GatewayError =>
  new GatewayError('key_expired', `${what}; ask the operator for another`);

const timeOf = (epochMs: number): string => new Date(epochMs).toISOString();

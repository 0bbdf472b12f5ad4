import { isDeepStrictEqual } from 'node:util';
import { GatewayError } from '../../core/errors.ts';
import { ApiKey } from './api-key.ts';
import { KeyActivity } from './key-activity.ts';
import { newId, newSecret, type KeyRecord } from './key-record.ts';
import type { Meters } from './meter.ts';
import type { KeyStore } from './key-store.ts';

/** What an operator says of a key. */
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
  #admins: readonly ApiKey[] = [];
  /** Changes are made one after the other, each on disk before it holds. */
  #changing: Promise<unknown> = Promise.resolve();

  /** @param changed is called when the store has changed */
  constructor(store: KeyStore, meters: Meters, changed: () => unknown = () => undefined) {
    this.#changed = changed;
    this.#store = store;
    this.#date = meters.date;
    this.#meters = meters;
  }

  /** Keys that are as they were stay the same, and what they do goes on. */
  async read(): Promise<void> {
    const stored = await this.#store.read();
    const before = new Map(this.#keys);
    this.#keys.clear();
    for (const { record, usedEpochMs } of stored) {
      const known = before.get(record.id);
      const activity = known?.activity ?? new KeyActivity(usedEpochMs);
      const isSame = known !== undefined && isDeepStrictEqual(known.record, record);
      this.#keys.set(record.id, isSame ? known : new ApiKey(record, activity, this.#meters));
    }
    this.#index();
  }

  get size(): number {
    return this.#keys.size;
  }

  /** in the order in which they were made */
  get all(): readonly ApiKey[] {
    return [...this.#keys.values()].toSorted((a, b) => a.record.createdEpochMs - b.record.createdEpochMs);
  }

  get hasAdmin(): boolean {
    return this.#admins.some(({ record }) => whyInvalid(record, this.#date(), null) === undefined);
  }

  /** @throws GatewayError `key_revoked`, `key_expired` */
  find(digest: string): ApiKey | undefined {
    const text = this.#byDigest.get(digest);
    if (!text) return undefined;
    const { key, untilEpochMs } = text;
    const now = this.#date();
    const invalid = whyInvalid(key.record, now, untilEpochMs);
    if (invalid) throw invalid;
    key.activity.used(now);
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
      return { key: await this.#save({ ...traits, ...made }), text };
    });
  }

  change(name: string, traits: Partial<KeyTraits>): Promise<ApiKey> {
    return this.#change(async () => {
      const { record } = this.named(name);
      if (traits.name !== undefined && traits.name !== record.name) this.#mustBeFree(traits.name);
      return this.#save({ ...record, ...traits });
    });
  }

  /** Writes when keys were used last. */
  saveActivities(): void {
    this.#store.saveActivities(this.unsaved());
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
      const old = record.secrets
        .map((one) => ({ ...one, untilEpochMs: Math.min(one.untilEpochMs ?? Infinity, untilEpochMs) }))
        .filter((one) => one.untilEpochMs > now);
      return { key: await this.#save({ ...record, secrets: [secret, ...old] }), text };
    });
  }

  /** From the next request on it is refused. */
  revoke(name: string): Promise<ApiKey> {
    return this.#change(async () => {
      const { record } = this.named(name);
      return this.#save({ ...record, revokedEpochMs: record.revokedEpochMs ?? this.#date() });
    });
  }

  remove(name: string): Promise<void> {
    return this.#change(async () => {
      const { record } = this.named(name);
      await this.#store.remove('keys', record.id);
      this.#keys.delete(record.id);
      this.#index();
    });
  }

  async #save(record: KeyRecord): Promise<ApiKey> {
    await this.#store.save('keys', record);
    const activity = this.#keys.get(record.id)?.activity ?? new KeyActivity();
    const key = new ApiKey(record, activity, this.#meters);
    this.#keys.set(record.id, key);
    this.#index();
    return key;
  }

  #change<T>(change: () => Promise<T>): Promise<T> {
    const next = this.#changing.then(change).then(async (made) => {
      await this.#changed();
      return made;
    });
    this.#changing = next.catch(() => undefined);
    return next;
  }

  #index(): void {
    this.#admins = [...this.#keys.values()].filter(({ record }) => record.role === 'admin');
    this.#byDigest = new Map(
      [...this.#keys.values()].flatMap((key) =>
        key.record.secrets.map(({ digest, untilEpochMs }) => [digest, { key, untilEpochMs }]),
      ),
    );
  }

  #mustBeFree(name: string): void {
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

/** One of a key's texts. */
interface KeyText {
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

import type { Host } from '../../core/contracts/index.ts';
import type { Threads } from '../../kits/feature-kit/index.ts';
import { Keyring } from './keyring.ts';
import type { KeyStore } from './keys/key-store.ts';
import { openKeyStore } from './keys/open-key-store.ts';
import { MadeLimits } from './limits/made-limits.ts';
import type { Meters } from './meter.ts';
import { serveKeys } from './threads/keys-elsewhere.ts';

export interface Keys {
  readonly store: KeyStore;
  readonly keyring: Keyring;
  readonly made: MadeLimits;
}

interface Parts {
  readonly meters: Meters;
  /** in any thread but the main one */
  readonly toMain: Threads | undefined;
  /** in the main thread, where there are others */
  readonly others: Threads | undefined;
}

/** Keys and limits that were made by the API, as they are stored now, and kept so when another gateway or thread changes them. */
export async function openKeys(
  host: Pick<Host, 'gateway' | 'config' | 'log'>,
  { meters, toMain, others }: Parts,
): Promise<Keys> {
  const store = await openKeyStore(host);
  const changed = () => others?.ask('keys', undefined);
  const keyring = new Keyring(store, meters, changed);
  const made = new MadeLimits(store, meters.limits, changed);
  const read = async (): Promise<void> => {
    const stored = await store.read();
    if (stored) keyring.replace(stored.keys);
    made.replace(stored?.limits ?? []);
  };
  await read();
  store.onChange(({ keys, limits, removed }) => {
    keyring.take(keys, removed.keys);
    if (limits.length + removed.limits.length > 0) made.take(limits, removed.limits);
  });
  if (toMain) serveKeys(toMain, keyring, read);
  return { store, keyring, made };
}

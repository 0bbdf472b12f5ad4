import type { Overrides } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import {
  readKey,
  readOrMakeKey,
  seal,
  unseal,
  type KeyPlace,
  type Secrets,
} from '../../../kits/secret-kit/index.ts';
import { secretsIn, type Given } from '../seal-keys.ts';

/** Keys of providers, encrypted. */
export interface SealedKeys {
  /** id of the key that they are sealed with */
  readonly key: string;
  /** by name */
  readonly sealed: Readonly<Record<string, string>>;
}

interface Sealing {
  readonly place: KeyPlace;
  readonly secrets: Pick<Secrets, 'get'>;
  /** secrets that are not stored yet */
  readonly given: Given;
}

/** The keys that were given with these overrides; undefined: there are none. */
export async function sealedKeys(
  overrides: Overrides,
  { place, secrets, given }: Sealing,
): Promise<SealedKeys | undefined> {
  const names = secretsIn(overrides);
  if (names.length === 0) return undefined;
  const { id, bytes } = await readOrMakeKey(place);
  const sealed = names.flatMap((name) => {
    const text = given[name] ?? secrets.get(name);
    return text === undefined ? [] : [[name, seal(text, bytes, name)] as const];
  });
  return { key: id, sealed: Object.fromEntries(sealed) };
}

/** Those that this gateway does not have yet, by name. @throws GatewayError `config_invalid` with the remedy */
export async function openedKeys(
  { key, sealed }: SealedKeys,
  { place, secrets }: Omit<Sealing, 'given'>,
): Promise<Given> {
  const missing = Object.entries(sealed).filter(([name]) => secrets.get(name) === undefined);
  if (missing.length === 0) return {};
  const own = await readKey(place);
  if (own?.id !== key)
    throw new GatewayError(
      'config_invalid',
      `keys of providers in them are encrypted with another key than this gateway has${own ? ` (${own.from})` : ''}: give all gateways the same SWITCHYARD_SECRET_KEY`,
    );
  return Object.fromEntries(missing.map(([name, text]) => [name, unseal(text, own.bytes, name)]));
}

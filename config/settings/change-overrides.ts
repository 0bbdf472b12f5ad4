import { isDeepStrictEqual } from 'node:util';
import type { Overrides, TriedProvider } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { Secrets } from '../../kits/secret-kit/index.ts';
import type { Loaded } from '../check.ts';
import { amended, withoutIdle } from './amend.ts';
import { SECTIONS } from './overrides.ts';
import { planProviders, providersOf } from './plan-providers.ts';
import { tryStrategies } from './restore-overrides.ts';
import type { LoadedSettings, Running } from './running.ts';
import { sealed, unused, type Given } from './seal-keys.ts';

/**
 * Puts other overrides in force, one change after the other. They are checked as a whole, and written before they apply.
 * @throws GatewayError `config_invalid`, `config_not_saved`: then nothing has changed
 */
export async function changeOverrides(
  settings: LoadedSettings,
  running: Running,
  change: (value: Overrides) => Overrides | Promise<Overrides>,
): Promise<void> {
  const { overrides } = settings;
  await overrides.inTurn(async () => {
    const before = referringTo(settings);
    const wanted = await change(overrides.value);
    if (wanted === overrides.value) return;
    const next = await checkOverrides(settings, withoutIdle(wanted, settings.filed.written));
    await putInForce(settings, running, { next, before, keep: () => overrides.put(next.overrides) });
  });
}

/** What refers to secrets. */
export const referringTo = ({ overrides, filed }: LoadedSettings): readonly unknown[] => [
  overrides.value,
  filed.written,
];

export interface Putting {
  readonly next: CheckedOverrides;
  /** what has referred to secrets */
  readonly before: readonly unknown[];
  /** Keeps them: where it throws, nothing has changed. */
  readonly keep: () => Promise<void>;
}

/** Keeps overrides that were checked, and applies them. Work of `overrides.inTurn`. */
export async function putInForce(
  settings: LoadedSettings,
  running: Running,
  { next, before, keep }: Putting,
): Promise<void> {
  const providers = entriesDiffer(settings.overrides.value, next.overrides)
    ? await planned(next.loaded, settings, running)
    : undefined;
  try {
    await store(next.secrets, next.given);
    await keep();
  } catch (error) {
    for (const { close } of providers?.made ?? []) close();
    const given = Object.keys(next.given);
    await forget(next.secrets, given).catch(() => undefined);
    throw error;
  }
  if (providers) {
    settings.adopt(settings.filed, next.loaded);
    running.providers.apply(providers);
  }
  // A secret that cannot be removed is one that nothing refers to.
  const gone = unused(before, [next.overrides, settings.filed.written]);
  await forget(next.secrets, gone).catch(() => undefined);
  await running.changed();
}

/** Makes a provider as a change would make it; nothing is stored. */
export async function tryProvider(
  settings: LoadedSettings,
  running: Running,
  change: (value: Overrides) => Overrides,
  name: string,
): Promise<TriedProvider> {
  const { loaded } = await checkOverrides(settings, change(settings.overrides.value));
  const chosen = (await providersOf(loaded, settings.registry)).find((one) => one.name === name);
  if (!chosen)
    throw new GatewayError('provider_not_found', `there is no provider '${name}'`, { param: 'provider' });
  const { provider, close } = await running.providers.make(chosen);
  return { upstream: running.detached(provider), close };
}

export interface CheckedOverrides {
  readonly overrides: Overrides;
  readonly loaded: Loaded;
  readonly secrets: Secrets;
  /** keys to store, by name */
  readonly given: Given;
}

interface Checking {
  /** secrets that came with them, and are not stored yet */
  readonly given?: Given;
  readonly suffix?: string;
}

/** The config with these overrides, their keys sealed. @throws GatewayError `config_invalid` with every mistake */
export async function checkOverrides(
  { filed, config, registry }: LoadedSettings,
  wanted: Overrides,
  { given: came = {}, suffix }: Checking = {},
): Promise<CheckedOverrides> {
  const secrets = await Secrets.open({ home: config.home, env: filed.env });
  const next = sealed(wanted, { registry, secrets, written: filed.written, ...(suffix && { suffix }) });
  const given = { ...came, ...next.given };
  return {
    overrides: next.overrides,
    given,
    secrets,
    loaded: await amended({ filed, registry, given }, next.overrides),
  };
}

const store = async (secrets: Secrets, given: Given): Promise<void> => {
  if (Object.keys(given).length > 0) await secrets.change(given);
};

const forget = async (secrets: Secrets, names: readonly string[]): Promise<void> => {
  if (names.length > 0) await secrets.change(Object.fromEntries(names.map((name) => [name, undefined])));
};

async function planned(loaded: Loaded, { registry }: LoadedSettings, running: Running) {
  tryStrategies(loaded, running.make);
  return planProviders(loaded, registry, running);
}

/** Weights, priorities and strategies of models apply without a check of the whole config. */
const entriesDiffer = (one: Overrides, other: Overrides): boolean =>
  SECTIONS.some((section) => !isDeepStrictEqual(entriesIn(one, section), entriesIn(other, section)));

const entriesIn = (value: Overrides, section: (typeof SECTIONS)[number]): unknown =>
  Object.entries(value[section] ?? {})
    .filter(([, { entry, members }]) => entry !== undefined || members !== undefined)
    .map(([name, { entry, members }]) => [name, entry, members]);

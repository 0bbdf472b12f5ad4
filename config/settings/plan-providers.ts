import type { Loaded } from '../check.ts';
import {
  chosenProviders,
  isKnownByKey,
  unnamedProviders,
  type ChosenProvider,
} from '../collect-providers.ts';
import type { PluginRegistry } from '../plugins/registry.ts';
import type { Running } from './running.ts';
import type { PlannedProviders } from './running-providers.ts';

/**
 * Makes the providers that another config adds or changes. What was detected at its port stays: no port is checked for a
 * config.
 */
export async function planProviders(
  loaded: Loaded,
  registry: PluginRegistry,
  { providers }: Running,
): Promise<PlannedProviders> {
  const chosen = await providersOf(loaded, registry);
  const isFree = new Set(unnamedProviders(loaded, registry).map(({ name }) => name));
  return providers.plan(chosen, (name) => !isFree.has(name));
}

/** Those that a config names, and those whose key is in the environment. */
export const providersOf = (loaded: Loaded, registry: PluginRegistry): Promise<ChosenProvider[]> =>
  chosenProviders(loaded, registry, () => undefined, isKnownByKey);

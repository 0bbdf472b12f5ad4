import type { EntryOverride, Overrides, ProviderPlugin } from '../../../core/contracts/index.ts';
import type { PluginRegistry } from '../../plugins/registry.ts';
import { valueAt } from '../../path.ts';

export interface Parts {
  readonly fleet: Overrides;
  /** local programs: they belong to the gateway that runs them */
  readonly own: Overrides;
}

interface Given {
  readonly registry: Pick<PluginRegistry, 'get'>;
  /** the config as its file has it, for the plugin that an entry uses */
  readonly written: unknown;
}

/** What of the overrides all gateways have, and what this one has alone. */
export function partsOf({ providers, ...others }: Overrides, given: Given): Parts {
  const all = Object.entries(providers ?? {});
  const [own, fleet] = [true, false].map((wanted) =>
    Object.fromEntries(all.filter(([name, override]) => isOwn(name, override, given) === wanted)),
  );
  return { fleet: withProviders(others, fleet), own: withProviders({}, own) };
}

/** Both parts together; what this gateway has alone stands before what all have. */
export const joined = ({ fleet, own }: Parts): Overrides =>
  withProviders(fleet, { ...fleet.providers, ...own.providers });

function withProviders(value: Overrides, providers: Overrides['providers'] = {}): Overrides {
  const { providers: _, ...rest } = value;
  return Object.keys(providers).length > 0 ? { ...rest, providers } : rest;
}

function isOwn(name: string, { entry, members }: EntryOverride, { registry, written }: Given): boolean {
  const use = entry?.use ?? members?.use ?? valueAt(written, ['providers', name, 'use']);
  const plugin = registry.get('provider', typeof use === 'string' ? use : name);
  return plugin !== undefined && isProgram(plugin);
}

/** Only a program can be started. */
const isProgram = ({ options }: ProviderPlugin): boolean =>
  Object.hasOwn((options as { properties?: object }).properties ?? {}, 'start');

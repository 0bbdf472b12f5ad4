import type { EntryOverride, Overrides } from '../../../core/contracts/index.ts';
import type { Kind, PluginRegistry } from '../../plugins/registry.ts';
import { SECTIONS } from '../overrides.ts';
import type { LoadedSettings, Running } from '../running.ts';

/**
 * What the check of the whole config does not see: strategies and targets of before it, and plugins by a path, which would
 * be code from PostgreSQL that runs here.
 * @throws GatewayError `config_invalid`
 */
export function mustBeUsable(
  value: Overrides,
  settings: Pick<LoadedSettings, 'registry' | 'checked' | 'checkTargets'>,
  { make }: Pick<Running, 'make'>,
): void {
  mustNamePlugins(value, settings.registry);
  const { strategy, models = {} } = value;
  for (const written of [strategy, ...Object.values(models).map((model) => model.strategy)])
    if (written) make(settings.checked(written)).close?.();
  for (const [name, { targets }] of Object.entries(models)) if (targets) settings.checkTargets(targets, name);
}

function mustNamePlugins(value: Overrides, registry: PluginRegistry): void {
  const mustBeThere = (kind: Kind, use: unknown): void => {
    if (use === undefined || use === null || (typeof use === 'string' && registry.get(kind, use))) return;
    throw registry.missing(kind, String(use));
  };
  if (value.strategy) mustBeThere('strategy', value.strategy.use);
  for (const { strategy } of Object.values(value.models ?? {})) mustBeThere('strategy', strategy?.use);
  for (const section of SECTIONS)
    for (const override of Object.values<EntryOverride>(value[section] ?? {}))
      for (const entry of [override.entry, override.members])
        if (section === 'providers') mustBeThere('provider', entry?.['use']);
        else mustBeThere('strategy', useOf(entry?.['strategy']));
}

/** A name alone is short for `use`. */
const useOf = (strategy: unknown): unknown =>
  typeof strategy === 'object' && strategy !== null ? (strategy as { readonly use?: unknown }).use : strategy;

import type { Overrides, TargetConfig } from '../../core/contracts/index.ts';
import type { Loaded } from '../check.ts';
import { ProviderNames } from '../provider-names.ts';
import { entriesOf } from '../feature-providers.ts';
import { listed } from '../../wire/names.ts';
import { amended } from './amend.ts';
import { isSame, saysPart, SECTIONS } from './overrides.ts';
import type { LoadedSettings, MakeStrategyFrom } from './running.ts';

/**
 * Errors that only show when a strategy is made, such as in another one that it names, stop the start and not the first
 * request.
 */
export function tryStrategies(loaded: Loaded, make: MakeStrategyFrom): void {
  const { strategy, models } = loaded.config;
  for (const chosen of [strategy, ...Object.values(models).map((model) => model.strategy)])
    if (chosen) make(chosen, loaded).close?.();
}

/** The overrides of the last run; a part that can no longer be used is reported and left out. */
export async function readOverrides(
  settings: LoadedSettings,
  make: MakeStrategyFrom,
  tell: (problem: string) => void,
): Promise<void> {
  const orTell = <T>(use: () => T): T | undefined => {
    try {
      return use();
    } catch (error) {
      tell(`an override is left out: ${(error as Error).message}`);
      return undefined;
    }
  };
  const strategy = (written: Parameters<LoadedSettings['checked']>[0]): boolean =>
    orTell(() => {
      make(settings.checked(written)).close?.();
      return true;
    }) ?? false;
  const targets = (said: readonly TargetConfig[], model: string): readonly TargetConfig[] =>
    orTell(() => stillThere(settings.checkTargets(said, model), model, settings, tell)) ?? [];
  const entries = (value: Overrides): Promise<Overrides> => usableEntries(value, settings, make, tell);
  await settings.overrides.read({ entries, strategy, targets }, tell);
}

/** Providers and models that the config can still take; they are in force from now on. */
async function usableEntries(
  all: Overrides,
  settings: LoadedSettings,
  make: MakeStrategyFrom,
  tell: (problem: string) => void,
): Promise<Overrides> {
  const { filed, registry } = settings;
  const adopt = async (value: Overrides): Promise<Overrides> => {
    const loaded = await amended({ filed, registry }, value);
    tryStrategies(loaded, make);
    settings.adopt(filed, loaded);
    return value;
  };
  const whole = await adopt(all).catch(() => undefined);
  if (whole) return whole;
  let kept = SECTIONS.reduce(withoutEntries, all);
  for (const section of SECTIONS)
    for (const [name, override] of Object.entries(all[section] ?? {})) {
      const next = { ...kept, [section]: { ...kept[section], [name]: override } };
      kept = await adopt(next).catch((error: Error) => {
        tell(`an override of ${section}.${name} is left out: ${error.message}`);
        return kept;
      });
    }
  return kept;
}

function withoutEntries(value: Overrides, section: (typeof SECTIONS)[number]): Overrides {
  const entries = Object.entries(value[section] ?? {}).map(([name, { entry: _, members: __, ...rest }]) => [
    name,
    rest,
  ]);
  return { ...value, [section]: Object.fromEntries(entries) };
}

/** Entries that are still among the model's targets, or whose provider exists where the config has no such model. */
function stillThere(
  said: readonly TargetConfig[],
  model: string,
  { config, registry, loaded: { features } }: LoadedSettings,
  tell: (problem: string) => void,
): readonly TargetConfig[] {
  const ofFeatures = entriesOf([...registry.list('feature'), ...features], config.features);
  const providers = new ProviderNames({ ...ofFeatures, ...config.providers }, registry);
  const configured = Object.hasOwn(config.models, model) ? config.models[model]!.targets : undefined;
  const isThere = (one: TargetConfig): boolean =>
    configured
      ? configured.some((target) => isSame(one, target))
      : providers.exact(one.provider) !== undefined;
  const gone = said.filter((one) => !isThere(one) && (saysPart(one) || !configured));
  if (gone.length > 0)
    tell(`an override is left out: ${listed(gone.map(named))} is no target of the model '${model}' any more`);
  const rest = said.filter(isThere);
  return configured && !rest.some(saysPart) ? [] : rest;
}

const named = ({ provider, model }: TargetConfig): string =>
  model === undefined ? provider : `${provider}/${model}`;

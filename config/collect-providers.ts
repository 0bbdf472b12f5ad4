import type { PluginRegistry } from './plugins/registry.ts';
import { checkOptions, type Loaded } from './check.ts';
import type { Plugin, ProviderPlugin } from '../core/contracts/index.ts';
import { found } from './detect.ts';
import { entriesOf } from './feature-providers.ts';
import type { Environment } from './environment.ts';

export interface ChosenProvider {
  readonly name: string;
  readonly plugin: ProviderPlugin;
  readonly settings: Record<string, unknown>;
  /** The config or a key names it. */
  readonly isChosen?: boolean;
  /** It has an entry of its own in the config. */
  readonly isNamed?: boolean;
  /** It is only listed: nothing names it. */
  readonly dormant?: boolean;
  /** the environment that it is made with */
  readonly env?: Environment;
  /** values of the variables that may hold its key */
  readonly keys?: readonly (string | undefined)[];
}

/**
 * Providers that the config names, then detected ones, then the last resorts.
 * @param isLookedFor which detectable providers to look for
 */
export async function chosenProviders(
  loaded: Loaded,
  registry: PluginRegistry,
  tell: (found: string) => void,
  isLookedFor: (plugin: ProviderPlugin) => boolean = () => true,
): Promise<ChosenProvider[]> {
  const { config, env, folder, providerPlugins } = loaded;
  const ofFeatures = Object.entries(featureProviders(loaded, registry)).map(([name, one]) => ({
    name,
    ...one,
    isChosen: true,
    isNamed: true,
  }));
  const entries = Object.entries(config.providers);
  const targeted = new Set(
    Object.values(config.models).flatMap(({ targets }) => targets.map(({ provider }) => provider)),
  );
  // A program that a route names is to run when a request comes.
  const started = (plugin: ProviderPlugin, name: string) =>
    plugin.dormant && targeted.has(name) ? { start: 'on-demand' } : {};
  const named = entries
    .filter(([, { enabled }]) => enabled !== false)
    .map(([name, { use: _, enabled: __, ...settings }]) => {
      const plugin = providerPlugins.get(name) as ProviderPlugin;
      return {
        name,
        plugin,
        settings: { ...started(plugin, name), ...settings },
        isChosen: true,
        isNamed: true,
      };
    });
  const others = unnamedProviders(loaded, registry);
  const detected = config.discover ? await found(others.filter(isLookedFor), env) : [];
  for (const { plugin, because } of detected) tell(`${plugin.name} is a provider: ${because}`);
  const wanted = ({ name, lastResort, dormant }: ProviderPlugin): boolean =>
    lastResort === true || dormant === true || targeted.has(name);
  const inEnvironment = ({ detect }: ProviderPlugin) => ({
    env,
    ...(detect && 'env' in detect && { keys: [detect.env].flat().map((name) => env[name]) }),
  });
  const unnamed = new Set([...detected.map(({ plugin }) => plugin), ...others.filter(wanted)]);
  return [
    ...named.map((one) => ({ ...one, ...inEnvironment(one.plugin) })),
    ...ofFeatures.map((one) => ({ ...one, env })),
    ...[...unnamed].map((plugin) => ({
      ...inEnvironment(plugin),
      name: plugin.name,
      plugin,
      settings: checkOptions(plugin as Plugin, { value: started(plugin, plugin.name), env, folder }),
      isChosen: (plugin.detect !== undefined && 'env' in plugin.detect) || targeted.has(plugin.name),
      dormant: plugin.dormant === true && !targeted.has(plugin.name),
    })),
  ];
}

/** Those that sections of features mean, by name. */
const featureProviders = (
  { config, features }: Pick<Loaded, 'config' | 'features'>,
  registry: PluginRegistry,
): ReturnType<typeof entriesOf> => entriesOf([...registry.list('feature'), ...features], config.features);

/** Whether a key in the environment makes it a provider. */
export const isKnownByKey = ({ detect }: ProviderPlugin): boolean => detect !== undefined && 'env' in detect;

/** Those that no entry of the config describes. */
export function unnamedProviders(loaded: Loaded, registry: PluginRegistry): ProviderPlugin[] {
  const { config, providerPlugins } = loaded;
  const names = [...Object.keys(config.providers), ...Object.keys(featureProviders(loaded, registry))];
  const taken = new Set(names.flatMap((name) => [name, providerPlugins.get(name)?.name]));
  return registry.list('provider').filter(({ name }) => !taken.has(name));
}

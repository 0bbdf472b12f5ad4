import type { FeaturePlugin, Plugin } from '../core/contracts/index.ts';
import { GatewayError } from '../core/errors.ts';
import { checkOptions, type Loaded } from './check.ts';
import type { PluginRegistry } from './plugins/registry.ts';

/** A feature or surface of a config. */
export interface ChosenFeature {
  /** `feature NAME` or `surface NAME` */
  readonly name: string;
  readonly plugin: FeaturePlugin;
  readonly options: Record<string, unknown>;
  /** It is mounted before the providers. */
  readonly isFirst: boolean;
}

/**
 * The features and surfaces of a config, in the order of the boot. Providers come after the features.
 * @param threads undefined: the gateway has one thread
 * @throws GatewayError where one of them does not work with several threads
 */
export function chosenFeatures(
  { config, env, folder, features }: Loaded,
  registry: PluginRegistry,
  threads: { readonly isMain: boolean } | undefined,
): ChosenFeature[] {
  const isHere = ({ name, inEachThread }: FeaturePlugin): boolean => {
    if (!threads) return true;
    if (inEachThread === undefined) throw forOneThread(name);
    return threads.isMain || inEachThread;
  };
  const chosen = (plugin: FeaturePlugin, kind: 'feature' | 'surface'): ChosenFeature => ({
    name: `${kind} ${plugin.name}`,
    plugin,
    options: { ...(config.features[plugin.name] ?? checkOptions(plugin as Plugin, { env, folder })) },
    isFirst: kind === 'feature',
  });
  const all = inOrder([...registry.list('feature'), ...features]);
  return [
    ...all.filter(isHere).map((plugin) => chosen(plugin, 'feature')),
    ...registry
      .list('surface')
      .filter(isHere)
      .map((plugin) => chosen(plugin, 'surface')),
  ];
}

const forOneThread = (name: string): GatewayError =>
  new GatewayError(
    'config_invalid',
    `server.threads: the plugin '${name}' does not say whether it works with several threads; set server.threads to 1, or have it say inEachThread`,
  );

/** Features that lean on another come after it. */
function inOrder(features: readonly FeaturePlugin[]): FeaturePlugin[] {
  const placed: FeaturePlugin[] = [];
  const place = (plugin: FeaturePlugin): void => {
    if (placed.includes(plugin)) return;
    for (const name of plugin.after ?? []) features.filter((other) => other.name === name).forEach(place);
    placed.push(plugin);
  };
  features.forEach(place);
  return placed;
}

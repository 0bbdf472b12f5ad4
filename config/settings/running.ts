/** Shared by the parts of the settings: the settings as they see them, and the gateway that runs with them. */
import type {
  Gateway,
  GatewayConfig,
  Provider,
  Settings,
  Strategy,
  Upstream,
} from '../../core/contracts/index.ts';
import type { Loaded } from '../check.ts';
import type { PluginRegistry } from '../plugins/registry.ts';
import type { OverrideFile } from './override-file.ts';
import type { RunningProviders } from './running-providers.ts';

/** What a running gateway takes from a config that is read again. */
export const LIVE = [
  'providers',
  'strategy',
  'models',
  'timeouts',
  'retry',
  'hedge',
  'limits',
  'unknownModels',
] as const;

/** Names of the features that take their options again while the gateway runs. */
export const liveFeatures = (
  registry: Pick<PluginRegistry, 'list'>,
  { features }: Pick<Loaded, 'features'>,
): string[] =>
  [...registry.list('feature'), ...features].filter(({ isLive }) => isLive).map(({ name }) => name);

/** Makes a strategy from checked options. @param from the config that names it; without it the one in force */
export type MakeStrategyFrom = (chosen: GatewayConfig['strategy'], from?: Loaded) => Strategy;

/** The gateway that runs with the settings. */
export interface Running {
  readonly gateway: Pick<Gateway, 'upstreams' | 'models'>;
  /** makes a strategy of a config that may not be in force yet */
  readonly make: MakeStrategyFrom;
  readonly providers: RunningProviders;
  /** An upstream beside those that requests are routed to. */
  readonly detached: (provider: Provider) => Upstream;
  readonly changed: () => void;
}

/** The settings with the config file that they were read from. */
export interface LoadedSettings extends Settings {
  readonly overrides: OverrideFile;
  readonly registry: PluginRegistry;
  /** what the gateway has started with */
  readonly begun: Loaded;
  /** the config as its file has it */
  readonly filed: Loaded;
  /** the same with the providers and models that were added, changed and removed since */
  readonly loaded: Loaded;
  /** Replaces the config: what can change while the gateway runs applies from now on. */
  adopt(filed: Loaded, amended?: Loaded): void;
}

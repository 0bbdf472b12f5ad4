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

/** What a running gateway takes from a config that is read again, where its features cannot be replaced. */
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

/** What takes a restart in any gateway. Of `server`, it is the address and the threads. */
export const FIXED = ['home', 'apis', 'toolchains', 'transport', 'transports'] as const;
/** Features of which the same holds: what others have opened with them stays open. */
export const FIXED_FEATURES = ['store'] as const;

interface Replacing {
  readonly registry: Pick<PluginRegistry, 'list'>;
  readonly replacesFeatures: boolean;
}

/** The next config, as far as it can be in force before a restart. */
export function inForce(
  now: GatewayConfig,
  next: Pick<Loaded, 'config' | 'features'>,
  { registry, replacesFeatures }: Replacing,
): GatewayConfig {
  const { config } = next;
  if (replacesFeatures) {
    const { host, port, threads } = now.server;
    const features = { ...config.features, ...picked(now.features, FIXED_FEATURES) };
    return { ...config, ...picked(now, FIXED), server: { ...config.server, host, port, threads }, features };
  }
  const live = liveFeatures(registry, next).map((name) => [name, config.features[name] ?? {}] as const);
  return { ...now, ...picked(config, LIVE), features: { ...now.features, ...Object.fromEntries(live) } };
}

const picked = <From, K extends keyof From & string>(from: From, words: readonly K[]): Pick<From, K> =>
  Object.fromEntries(
    words.filter((word) => from[word] !== undefined).map((word) => [word, from[word]]),
  ) as Pick<From, K>;

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
  /** undefined: the app is not ours, and its routes are there to stay */
  readonly features?: { plan(next: Loaded): Promise<PlannedFeatures | undefined> };
  /** A promise where other threads follow. */
  readonly changed: () => unknown;
}

/** What the next config makes of the features; nothing of it is in force yet. */
export interface PlannedFeatures {
  readonly changed: readonly string[];
  readonly apply: () => void;
  readonly discard: () => Promise<void>;
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
  /** Overrides are those of all gateways with the same PostgreSQL. */
  readonly isShared: boolean;
  /** Features, and with them nearly all of the config, can change while the gateway runs. */
  readonly replacesFeatures: boolean;
  /** Replaces the config: what can change while the gateway runs applies from now on. */
  adopt(filed: Loaded, amended?: Loaded): void;
}

/**
 * The gateway put together: access, providers, and a request's path between them. Boot order on one screen; a request's
 * path is surface → core/request → core/dispatch → core/attempt → core/relay (docs/request-path.md).
 */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { PluginRegistry } from './config/plugins/registry.ts';
import { chosenProviders, unnamedProviders } from './config/collect-providers.ts';
import { Discovery } from './config/discovery.ts';
import { checkNames } from './config/check-fallback-names.ts';
import { checkConfig, checkOptions, type Loaded } from './config/check.ts';
import type { FeaturePlugin, Host, Plugin, Provider, Toolchain } from './core/contracts/index.ts';
import { create, mount, type HostParts, type SharedHost } from './server/mount.ts';
import { answerErrors, refuseWhileClosing } from './server/error-handler.ts';
import { readOverrides, tryStrategies } from './config/settings/restore-overrides.ts';
import { oneTarget } from './server/request-target.ts';
import { privateFolder } from './kits/feature-kit/files/private-folder.ts';
import type { LoadedSettings, MakeStrategyFrom } from './config/settings/running.ts';
import { RunningProviders } from './config/settings/running-providers.ts';
import { Settings } from './config/settings/settings.ts';
import { Gateway } from './gateway/gateway.ts';
import { Upstream } from './gateway/upstream.ts';
import { guarding } from './kits/strategy-kit/guarded-strategy.ts';
import { StrategyFailures } from './kits/strategy-kit/strategy-failures.ts';
import { Proxies } from './kits/transport-kit/outbound-proxies.ts';
import { openTransports } from './kits/transport-kit/open-transports.ts';

/** A running gateway, with the file that its config was read from. */
export type OpenGateway = Gateway<LoadedSettings>;

export const root = fileURLToPath(new URL('.', import.meta.url));

/** Chance and time, injected by tests. */
export interface Injected {
  readonly random?: () => number;
  /** ms on a clock that only goes forward */
  readonly now?: () => number;
  /** ms since 1970 */
  readonly date?: () => number;
}

/** The whole gateway as a plugin of your own Fastify app: `app.register(switchyard, config)`, config as in switchyard.yaml. */
export default async function switchyard(
  app: FastifyInstance,
  { prefix: _, ...config }: Record<string, unknown> & { prefix?: string },
): Promise<void> {
  const registry = await PluginRegistry.read(root);
  const loaded = await checkConfig({ value: config, env: process.env, registry, folder: process.cwd() });
  await openGateway(app, { loaded, registry });
}

interface Opening {
  readonly loaded: Loaded;
  readonly registry: PluginRegistry;
  readonly injected?: Injected;
  /** called when everything is there, before programs start */
  readonly ready?: (gateway: Gateway) => Promise<void>;
}

/** The gateway from a config that has been read. */
export async function openGateway(
  app: FastifyInstance,
  { loaded, registry, injected = {}, ready }: Opening,
): Promise<OpenGateway> {
  const { config, env } = loaded;
  const { random = Math.random, now = () => performance.now(), date = () => Date.now() } = injected;
  const settings = new Settings(loaded, registry);
  const make: MakeStrategyFrom = ({ use, ...options }, from = settings.loaded) =>
    from.strategyPlugin(use).create(options, { ...shared, app, log: app.log });
  const proxies = new Proxies(env);
  const transport = openTransports(registry.list('transport'), loaded.transportPlugin, {
    options: config.transports,
    host: { env, random, now, date, proxies },
    log: app.log,
  });
  const strategyFailures = new StrategyFailures(app.log, { now, date });
  const makeStrategy = guarding(settings, make, strategyFailures);
  const parts = { settings, makeStrategy, strategyFailures, transport, proxies };
  const gateway = new Gateway<LoadedSettings>({ now, date, random, ...parts });
  const strategies = registry.list('strategy');
  const strategy: Host['strategy'] = (use, options) => make(settings.checked({ ...options, use }));
  const toolchains = new Map<string, Toolchain>();
  const shared: SharedHost = {
    gateway,
    config,
    env,
    random,
    now,
    date,
    toolchains,
    providerPlugins: registry.list('provider'),
    tryProvider: (change, name) => settings.try(change, name),
    strategies,
    strategy,
  };
  const subscriber: HostParts['subscriber'] = (log) =>
    gateway.events.subscriber((event, err) => log.error({ err }, `its listener of ${event} failed`));
  const hostParts: HostParts = { shared, subscriber };

  const providers = new RunningProviders(gateway, async ({ name, plugin, settings: given }) => {
    const log = app.log.child({ plugin: `provider ${name}` });
    const events = subscriber(log);
    const host = { ...shared, events, app, log };
    return {
      provider: await create(plugin, { ...given, name }, host, `provider ${name}`),
      close: () => events.close(),
    };
  });
  settings.serve({
    gateway,
    make,
    providers,
    detached: (provider) => new Upstream(provider),
    changed: () => gateway.settingsChanged(),
  });

  answerErrors(app);
  oneTarget(app);
  refuseWhileClosing(app);
  app.addHook('onClose', () => gateway.close());
  const tell = (problem: string) => app.log.warn(problem);
  tryStrategies(loaded, make);
  // A folder that cannot be made is reported by what needs it.
  await privateFolder(config.home).catch(() => undefined);
  await readOverrides(settings, make, tell);

  for (const plugin of registry.list('toolchain')) {
    mount(
      app,
      plugin,
      { ...config.toolchains[plugin.name] },
      hostParts,
      (made) => toolchains.set(plugin.name, made),
      `toolchain ${plugin.name}`,
    );
  }

  const features = [...registry.list('feature'), ...loaded.features];
  for (const plugin of inOrder(features))
    mount(app, plugin, settingsOf(plugin), hostParts, undefined, `feature ${plugin.name}`);

  const chosen = await chosenProviders(settings.loaded, registry, (line) => app.log.info(line));
  for (const one of chosen) {
    const { name, plugin, settings: given } = one;
    const take = (provider: Provider): void => {
      providers.add(one, { provider, close: () => undefined });
    };
    mount(app, plugin, { ...given, name }, hostParts, take, `provider ${name}`);
  }

  for (const plugin of registry.list('surface'))
    mount(app, plugin, settingsOf(plugin), hostParts, undefined, `surface ${plugin.name}`);

  const discovery = new Discovery({
    plugins: () =>
      unnamedProviders(settings.loaded, registry).filter(({ name }) => !gateway.upstreams.has(name)),
    own: () => app.server.address(),
    take: async ({ plugin, because }) => {
      const { name } = plugin;
      app.log.info(`${name} is a provider: ${because}`);
      const given = checkOptions(plugin as Plugin, { env, folder: loaded.folder });
      await providers.find({ name, plugin, settings: given });
    },
  });
  app.addHook('onClose', async () => discovery.close());
  app.addHook('onReady', async () => {
    checkNames(gateway, loaded.source, tell);
    await ready?.(gateway);
    gateway.begin();
    if (!config.discover) return;
    gateway.models.discovery.provide(discovery);
    discovery.begin();
  });
  return gateway;

  function settingsOf(plugin: Plugin<never>): Record<string, unknown> {
    return {
      ...(config.features[plugin.name] ?? checkOptions(plugin as Plugin, { env, folder: loaded.folder })),
    };
  }
}

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

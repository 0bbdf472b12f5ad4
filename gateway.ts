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
import { Recording } from './server/recording.ts';
import type { Renew } from './server/renewable.ts';
import { RunningFeatures, type Wanted } from './server/running-features.ts';
import { create, mount, type HostParts, type SharedHost } from './server/mount.ts';
import { answerErrors, nothingHere, refuseWhileClosing } from './server/error-handler.ts';
import { readOverrides, tryStrategies } from './config/settings/restore-overrides.ts';
import { oneTarget } from './server/request-target.ts';
import { privateFolder } from './kits/feature-kit/files/private-folder.ts';
import { inForce, type LoadedSettings, type MakeStrategyFrom } from './config/settings/running.ts';
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
  /** makes another app for the same server; without it features change with a restart only */
  readonly renew?: Renew;
}

/** The gateway from a config that has been read. */
export async function openGateway(
  app: FastifyInstance,
  { loaded, registry, injected = {}, ready, renew }: Opening,
): Promise<OpenGateway> {
  const { config, env } = loaded;
  const { random = Math.random, now = () => performance.now(), date = () => Date.now() } = injected;
  const settings = new Settings(loaded, registry);
  const others = new Recording(app, app);
  const make: MakeStrategyFrom = ({ use, ...options }, from = settings.loaded) =>
    from.strategyPlugin(use).create(options, { ...shared, app: others.app, log: app.log });
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

  const providers = new RunningProviders(
    gateway,
    async ({ name, plugin, settings: given, env: own = env }) => {
      const log = app.log.child({ plugin: `provider ${name}` });
      const events = subscriber(log);
      const host = { ...shared, env: own, events, app: others.app, log };
      return {
        provider: await create(plugin, { ...given, name }, host, `provider ${name}`),
        close: () => events.close(),
      };
    },
  );
  let isClosing = false;
  const frame = (instance: FastifyInstance): void => {
    answerErrors(instance);
    oneTarget(instance);
    refuseWhileClosing(instance, () => isClosing);
  };
  const features = new RunningFeatures(app, others, hostParts);
  const fresh = (instance: FastifyInstance): void => {
    instance.setNotFoundHandler(nothingHere);
    frame(instance);
  };
  const replaced = renew && {
    plan: (next: Loaded) => {
      const held = inForce(settings.config, next, { registry, replacesFeatures: true });
      return features.plan(wantedIn(next, registry), { config: held, env: next.env, renew, frame: fresh });
    },
  };
  settings.serve({
    gateway,
    make,
    providers,
    detached: (provider) => new Upstream(provider),
    changed: () => gateway.settingsChanged(),
    ...(replaced && { features: replaced }),
  });

  frame(app);
  app.addHook('preClose', async () => void (isClosing = true));
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

  const wanted = wantedIn(loaded, registry);
  for (const one of wanted.filter(({ isFirst }) => isFirst)) features.mount(one);

  const chosen = await chosenProviders(settings.loaded, registry, (line) => app.log.info(line));
  for (const one of chosen) {
    const { name, plugin, settings: given } = one;
    const take = (provider: Provider): void => {
      providers.add(one, { provider, close: () => undefined });
    };
    mount(app, plugin, { ...given, name }, hostParts, take, `provider ${name}`);
  }

  for (const one of wanted.filter(({ isFirst }) => !isFirst)) features.mount(one);
  features.closeWith(app);

  const discovery = new Discovery({
    plugins: () =>
      settings.config.discover
        ? unnamedProviders(settings.loaded, registry).filter(({ name }) => !gateway.upstreams.has(name))
        : [],
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
    gateway.models.discovery.provide(discovery);
    discovery.begin();
  });
  return gateway;
}

/** The features and surfaces of a config, in the order of the boot. Providers come after the features. */
function wantedIn(
  { config, env, folder, features }: Loaded,
  registry: PluginRegistry,
): (Wanted & { readonly isFirst: boolean })[] {
  const wanted = (plugin: FeaturePlugin, kind: 'feature' | 'surface') => ({
    name: `${kind} ${plugin.name}`,
    plugin,
    options: { ...(config.features[plugin.name] ?? checkOptions(plugin as Plugin, { env, folder })) },
    isFirst: kind === 'feature',
  });
  return [
    ...inOrder([...registry.list('feature'), ...features]).map((plugin) => wanted(plugin, 'feature')),
    ...registry.list('surface').map((plugin) => wanted(plugin, 'surface')),
  ];
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

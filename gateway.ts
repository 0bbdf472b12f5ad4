/**
 * The gateway put together: access, providers, and a request's path between them. Boot order on one screen; a request's
 * path is surface → core/request → core/dispatch → core/attempt → core/relay (docs/request-path.md).
 */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { PluginRegistry } from './config/plugins/registry.ts';
import { chosenFeatures } from './config/collect-features.ts';
import { chosenProviders, isKnownByKey } from './config/collect-providers.ts';
import { checkNames } from './config/check-fallback-names.ts';
import { checkConfig, type Loaded } from './config/check.ts';
import type { Host, Provider, Toolchain } from './core/contracts/index.ts';
import { GatewayError } from './core/errors.ts';
import { Recording } from './server/recording.ts';
import type { Renew } from './server/renewable.ts';
import { RunningFeatures } from './server/running-features.ts';
import { create, mount, type HostParts, type SharedHost } from './server/mount.ts';
import { answerErrors, nothingHere, refuseWhileClosing } from './server/error-handler.ts';
import { readOverrides, tryStrategies } from './config/settings/restore-overrides.ts';
import { oneTarget } from './server/request-target.ts';
import { privateFolder } from './kits/feature-kit/files/private-folder.ts';
import { joinThreads, type Threads } from './kits/feature-kit/threads.ts';
import { successionOf } from './kits/feature-kit/succession.ts';
import { FoundProviders } from './config/settings/found-providers.ts';
import {
  inForce,
  type LoadedSettings,
  type MakeStrategyFrom,
  type Running,
} from './config/settings/running.ts';
import { RunningProviders } from './config/settings/running-providers.ts';
import { Settings } from './config/settings/settings.ts';
import { Gateway, type ThreadPart } from './gateway/gateway.ts';
import { Upstream } from './gateway/upstream.ts';
import { guarding } from './kits/strategy-kit/guarded-strategy.ts';
import { sharedOf } from './kits/shared-kit/shared.ts';
import { storeOf } from './kits/store-kit/store-of.ts';
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
  if (loaded.config.server.threads !== 1)
    throw new GatewayError(
      'config_invalid',
      'server.threads: in an app of your own the gateway has the thread of that app; allowed: 1',
    );
  await openGateway(app, { loaded, registry });
}

/** One thread of a gateway that has several. */
export interface OneOfThreads {
  readonly threads: Threads;
  readonly part: ThreadPart;
  /** names of the providers that the main thread has found; undefined: this is the main thread, which looks for them */
  readonly found?: readonly string[];
  /** Puts what an app answers by itself in force: errors, and paths that lead nowhere. */
  readonly answers?: (app: FastifyInstance) => void;
  /** called when the gateway is there, and nothing in it yet */
  readonly opened?: (gateway: Gateway) => void;
}

export interface Opening {
  readonly loaded: Loaded;
  readonly registry: PluginRegistry;
  readonly injected?: Injected;
  /** called when everything is there, before programs start */
  readonly ready?: (gateway: Gateway) => Promise<void>;
  /** makes another app for the same server; without it features change with a restart only */
  readonly renew?: Renew;
  /** absent: the gateway has one thread */
  readonly thread?: OneOfThreads | undefined;
}

/** The gateway from a config that has been read. */
export async function openGateway(
  app: FastifyInstance,
  { loaded, registry, injected = {}, ready, renew, thread }: Opening,
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
  const gateway = new Gateway<LoadedSettings>({ now, date, random, part: thread?.part, ...parts });
  const threads = thread?.threads;
  if (threads) joinThreads(gateway, threads);
  thread?.opened?.(gateway);
  const isMain = threads?.isMain ?? true;
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
  const answers = thread?.answers ?? answerErrors;
  const succession = successionOf(gateway);
  const frame = (instance: FastifyInstance): void => {
    answers(instance);
    oneTarget(instance);
    refuseWhileClosing(instance, () => isClosing, succession.replaced);
  };
  const features = new RunningFeatures(app, others, hostParts);
  const fresh = (instance: FastifyInstance): void => {
    instance.setNotFoundHandler(nothingHere);
    frame(instance);
  };
  const replaced = renew && {
    plan: (next: Loaded) => {
      const held = inForce(settings.config, next, { registry, replacesFeatures: true });
      return features.plan(chosenFeatures({ ...next, config: held }, registry, threads), {
        config: held,
        env: next.env,
        renew,
        frame: fresh,
      });
    },
  };
  const running: Running = {
    gateway,
    make,
    providers,
    detached: (provider) => new Upstream(provider),
    changed: () => {
      gateway.settingsChanged();
      return found.settingsChanged();
    },
    ...(replaced && { features: replaced }),
  };
  settings.serve(running);
  const shareSettings = async (): Promise<void> => {
    const store = storeOf(gateway);
    if (!store) return;
    const { FleetSettings } = await import('./config/settings/fleet/fleet-settings.ts');
    const { node } = sharedOf(gateway);
    const fleet = new FleetSettings({ settings, running, store, node, log: app.log });
    settings.share(fleet);
    await fleet.begin();
  };

  frame(app);
  app.addHook('preClose', async () => void (isClosing = true));
  app.addHook('onClose', () => gateway.close());
  // Nothing behind a plugin that fails at the start is registered, so not the usual close of features either.
  app.addHook('onClose', () => features.close());
  const tell = (problem: string) => app.log.warn(problem);
  tryStrategies(loaded, make);
  // A folder that cannot be made is reported by what needs it.
  await privateFolder(config.home).catch(() => undefined);
  await readOverrides(settings, make, tell);

  for (const plugin of isMain ? registry.list('toolchain') : []) {
    mount(
      app,
      plugin,
      { ...config.toolchains[plugin.name] },
      hostParts,
      (made) => toolchains.set(plugin.name, made),
      `toolchain ${plugin.name}`,
    );
  }

  const wanted = chosenFeatures(loaded, registry, threads);
  for (const one of wanted.filter(({ isFirst }) => isFirst)) features.mount(one);

  const chosen = await chosenProviders(
    settings.loaded,
    registry,
    (line) => isMain && app.log.info(line),
    isMain ? undefined : isKnownByKey,
  );
  for (const one of chosen) {
    const { name, plugin, settings: given } = one;
    const take = (provider: Provider): void => {
      providers.add(one, { provider, close: () => undefined });
    };
    mount(app, plugin, { ...given, name }, hostParts, take, `provider ${name}`);
  }

  for (const one of wanted.filter(({ isFirst }) => !isFirst)) features.mount(one);
  features.closeWith(app);

  const found = new FoundProviders({
    settings,
    providers,
    upstreams: gateway.upstreams,
    threads,
    own: () => app.server.address(),
    tell: (line) => app.log.info(line),
  });
  const { discovery } = found;
  app.addHook('onClose', async () => discovery.close());
  app.addHook('onReady', async () => {
    await shareSettings();
    checkNames(gateway, loaded.source, tell);
    await ready?.(gateway);
    if (!isMain) return found.take(thread?.found ?? []);
    gateway.begin();
    gateway.models.discovery.provide(discovery);
    discovery.begin();
  });
  return gateway;
}

/**
 * The house: who may come in, who can answer, and the way between them. Boot order on one screen; a request's way is
 * surface → core/context → core/dispatch → core/send → core/relay (docs/request-path.md).
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { Catalogue } from './core/catalogue.ts';
import { checkConfig, checkOptions, type Loaded } from './core/config/check.ts';
import type { FeaturePlugin, HouseConfig, Plugin, ProviderPlugin, Toolchain } from './core/contracts.ts';
import { found } from './core/detect.ts';
import { mount, type HostParts } from './core/mount.ts';
import { answerErrors, refuseWhileClosing } from './core/answer-errors.ts';
import type { Written } from './core/overrides.ts';
import { Supervised } from './core/supervisor/supervised.ts';
import { Yard, type MakeStrategy } from './core/yard.ts';

export const root = fileURLToPath(new URL('.', import.meta.url));

/** Chance and time, lent by tests. */
export interface Lent {
  readonly random?: () => number;
  readonly now?: () => number;
}

/** The whole house as a plugin of your own Fastify app: `app.register(switchyard, config)`, config as in switchyard.yaml. */
export default async function switchyard(
  app: FastifyInstance,
  { prefix: _, ...config }: Record<string, unknown> & { prefix?: string },
): Promise<void> {
  const catalogue = await Catalogue.read(root);
  const loaded = await checkConfig({ value: config, env: process.env, catalogue, folder: process.cwd() });
  await house(app, { loaded, catalogue });
}

/** The house from a config that has been read. */
export async function house(
  app: FastifyInstance,
  { loaded, catalogue, lent = {} }: { loaded: Loaded; catalogue: Catalogue; lent?: Lent },
): Promise<Yard> {
  const { config, env, schema } = loaded;
  const { random = Math.random, now = Date.now } = lent;
  const make: MakeStrategy = {
    fromConfig: ({ use, ...settings }) =>
      loaded.strategyPlugin(use).create(settings, { ...parts, app, log: app.log }),
    // What comes by a request may not read the environment.
    fromOverride: ({ use, ...value }) =>
      make.fromConfig({
        use,
        ...checkOptions(loaded.strategyPlugin(use) as Plugin, { value, env: {}, folder: loaded.folder }),
      }),
  };
  const yard = new Yard(config, make, now, random);
  const strategyNames = catalogue.list('strategy').map(({ name }) => name);
  const strategy: HostParts['strategy'] = (use, options) => make.fromOverride({ ...options, use });
  const parts: HostParts = { yard, config, schema, env, random, now, strategyNames, strategy };

  answerErrors(app);
  refuseWhileClosing(app);
  app.addHook('onClose', () => yard.close());
  tryStrategies(config, make);
  await yard.overrides.read(isUsable, (problem) => app.log.warn(problem));

  const toolchains = new Map<string, Toolchain>();
  for (const plugin of catalogue.list('toolchain')) {
    mount(
      app,
      plugin,
      { ...config.toolchains[plugin.name] },
      parts,
      (made) => toolchains.set(plugin.name, made),
      `toolchain ${plugin.name}`,
    );
  }

  const features = [...catalogue.list('feature'), ...loaded.features];
  for (const plugin of inOrder(features))
    mount(app, plugin, settingsOf(plugin), parts, undefined, `feature ${plugin.name}`);

  for (const { name, plugin, settings, dormant } of await providers(loaded, catalogue, app)) {
    const take = (made: ReturnType<ProviderPlugin['create']>): void => {
      const standing = { ...(plugin.lastResort && { lastResort: true }), ...(dormant && { dormant }) };
      const berth = yard.add({ ...made, ...standing }, name === plugin.name ? plugin.aliases : []);
      const { process: spec } = berth.provider;
      if (!spec) return;
      berth.process = new Supervised({
        provider: berth.provider,
        spec,
        folder: join(config.home, 'apis', name),
        prepared: join(config.home, 'prepared', name),
        data: join(config.home, 'data', name),
        toolchain: spec.source && toolchains.get(spec.source.toolchain),
        env,
        log: app.log.child({ plugin: name }),
        now,
        random,
        use: () => berth.use,
        changed: (change) => {
          berth.changed(change);
          if (dormant) yard.forget();
        },
      });
    };
    mount(app, plugin, { ...settings, name }, parts, take, `provider ${name}`);
  }

  for (const plugin of catalogue.list('surface'))
    mount(app, plugin, settingsOf(plugin), parts, undefined, `surface ${plugin.name}`);

  app.addHook('onReady', async () => yard.begin());
  return yard;

  function isUsable({ use, ...options }: Written): boolean {
    try {
      strategy(use, options).close?.();
      return true;
    } catch (error) {
      app.log.warn(`an override is left out: ${(error as Error).message}`);
      return false;
    }
  }

  function settingsOf(plugin: Plugin<never>): Record<string, unknown> {
    return {
      ...(config.features[plugin.name] ?? checkOptions(plugin as Plugin, { env, folder: loaded.folder })),
    };
  }
}

/** What only shows when a strategy is made, such as another one that it names, stops the boot and not the first request. */
function tryStrategies({ strategy, models }: HouseConfig, make: MakeStrategy): void {
  for (const chosen of [strategy, ...Object.values(models).map((model) => model.strategy)])
    if (chosen) make.fromConfig(chosen).close?.();
}

interface Chosen {
  readonly name: string;
  readonly plugin: ProviderPlugin;
  readonly settings: Record<string, unknown>;
  readonly dormant?: boolean;
}

/** Who the config names, then who is found beside them, then who is only asked when nobody else is there. */
async function providers(loaded: Loaded, catalogue: Catalogue, app: FastifyInstance): Promise<Chosen[]> {
  const { config, env, folder, providerPlugins } = loaded;
  const entries = Object.entries(config.providers);
  const targeted = new Set(
    Object.values(config.models).flatMap(({ targets }) => targets.map(({ provider }) => provider)),
  );
  // Whoever routes a model to a program wants it to run when it is asked for.
  const started = (plugin: ProviderPlugin, name: string) =>
    plugin.dormant && targeted.has(name) ? { start: 'on-demand' } : {};
  const named = entries
    .filter(([, { enabled }]) => enabled !== false)
    .map(([name, { use: _, enabled: __, ...settings }]) => {
      const plugin = providerPlugins.get(name) as ProviderPlugin;
      return { name, plugin, settings: { ...started(plugin, name), ...settings } };
    });
  const taken = new Set(entries.flatMap(([name]) => [name, providerPlugins.get(name)?.name]));
  const others = catalogue.list('provider').filter(({ name }) => !taken.has(name));
  const detected = config.discover ? await found(others, env) : [];
  for (const { plugin, because } of detected) app.log.info(`${plugin.name} is a provider: ${because}`);
  const wanted = ({ name, lastResort, dormant }: ProviderPlugin): boolean =>
    lastResort === true || dormant === true || targeted.has(name);
  const unnamed = new Set([...detected.map(({ plugin }) => plugin), ...others.filter(wanted)]);
  return [
    ...named,
    ...[...unnamed].map((plugin) => ({
      name: plugin.name,
      plugin,
      settings: checkOptions(plugin as Plugin, { value: started(plugin, plugin.name), env, folder }),
      dormant: plugin.dormant === true && !targeted.has(plugin.name),
    })),
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

/**
 * The house: who may come in, who can answer, and the way between them. Boot order on one screen; a request's way is
 * surface → core/context → core/dispatch → core/send → core/relay (docs/request-path.md).
 */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { Catalogue } from './core/catalogue.ts';
import { chosenProviders, unnamedProviders } from './core/chosen-providers.ts';
import { Discovery } from './core/discovery.ts';
import { checkNames } from './core/check-names.ts';
import { checkConfig, checkOptions, type Loaded } from './core/config/check.ts';
import type { FeaturePlugin, Plugin, ProviderPlugin, Toolchain } from './core/contracts.ts';
import { mount, type HostParts } from './core/mount.ts';
import { answerErrors, refuseWhileClosing } from './core/answer-errors.ts';
import { readOverrides, tryStrategies } from './core/boot-settings.ts';
import { oneTarget } from './core/request-target.ts';
import { privateFolder } from './core/private-folder.ts';
import type { MakeStrategy } from './core/routes.ts';
import { Secrets, withKept } from './core/secrets.ts';
import { tellProcesses } from './core/signs.ts';
import { processChannel, progressChannel } from './core/supervisor/channels.ts';
import { placesOf } from './core/supervisor/places.ts';
import { Settings } from './core/settings.ts';
import { Supervised } from './core/supervisor/supervised.ts';
import { Yard } from './core/yard.ts';

export const root = fileURLToPath(new URL('.', import.meta.url));

/** Chance and time, lent by tests. */
export interface Lent {
  readonly random?: () => number;
  /** ms on a clock that only goes forward */
  readonly now?: () => number;
  /** ms since 1970 */
  readonly date?: () => number;
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
  const { random = Math.random, now = () => performance.now(), date = () => Date.now() } = lent;
  const settings = new Settings(loaded, catalogue);
  const make: MakeStrategy = ({ use, ...options }, from = settings.loaded) =>
    from.strategyPlugin(use).create(options, { ...parts, app, log: app.log });
  const yard = new Yard(settings, make, { now, date, random });
  yard.strategyFailures.tell = ({ model, use, standby, message, count }, err) =>
    app.log.error(
      { err, model },
      `strategy ${use} failed (${message}, ${count} so far): ${standby} picks instead`,
    );
  const strategies = catalogue.list('strategy');
  const strategy: HostParts['strategy'] = (use, options) => make(settings.checked({ ...options, use }));
  const parts: HostParts = { yard, config, schema, env, random, now, date, strategies, strategy };

  const deafen = tellProcesses(yard);
  answerErrors(app);
  oneTarget(app);
  refuseWhileClosing(app);
  app.addHook('onClose', () => yard.close().finally(deafen));
  const tell = (problem: string) => app.log.warn(problem);
  tryStrategies(loaded, make);
  // What cannot be made there is told by who needs it.
  await privateFolder(config.home).catch(() => undefined);
  await readOverrides(settings, make, tell);

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

  const secrets = new Secrets(config.home);
  await secrets.read((problem) => app.log.warn(problem));
  const chosen = await chosenProviders(loaded, catalogue, (line) => app.log.info(line));
  for (const { name, plugin, settings: given, isChosen, dormant } of chosen) {
    const take = (made: ReturnType<ProviderPlugin['create']>): void => {
      const standing = { ...(plugin.lastResort && { lastResort: true }), ...(dormant && { dormant }) };
      const aliases = name === plugin.name ? plugin.aliases : [];
      const berth = yard.add({ ...made, ...standing }, aliases, isChosen);
      const { process: spec } = berth.provider;
      if (!spec) return;
      berth.secrets = secrets.of(name);
      berth.process = new Supervised({
        provider: berth.provider,
        spec: withKept(spec, berth.secrets),
        ...placesOf(config, name, spec),
        toolchain: spec.source && toolchains.get(spec.source.toolchain),
        env,
        log: app.log.child({ plugin: name }),
        now,
        date,
        random,
        use: () => berth.use,
        heard: (origin) => yard.transport.heard(origin),
        changed: (change) => {
          berth.changed(change);
          if (dormant) yard.forget();
          processChannel.publish({ name, change, house: yard });
        },
        progressed: (progress) => progressChannel.publish({ name, ...progress, house: yard }),
      });
    };
    mount(app, plugin, { ...given, name }, parts, take, `provider ${name}`);
  }

  for (const plugin of catalogue.list('surface'))
    mount(app, plugin, settingsOf(plugin), parts, undefined, `surface ${plugin.name}`);

  const discovery = new Discovery({
    plugins: () => unnamedProviders(loaded, catalogue).filter(({ name }) => !yard.berths.has(name)),
    own: () => app.server.address(),
    take: async ({ plugin, because }) => {
      const { name } = plugin;
      app.log.info(`${name} is a provider: ${because}`);
      const given = checkOptions(plugin as Plugin, { env, folder: loaded.folder });
      const log = app.log.child({ plugin: name });
      const berth = yard.add(plugin.create({ ...given, name }, { ...parts, app, log }), plugin.aliases);
      await yard.lists?.look(berth);
      yard.forget();
    },
  });
  app.addHook('onClose', async () => discovery.close());
  app.addHook('onReady', async () => {
    checkNames(yard, tell);
    yard.begin();
    if (!config.discover) return;
    yard.discovery = discovery;
    discovery.begin();
  });
  return yard;

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

import { join } from 'node:path';
import type { PluginRegistry } from './plugins/registry.ts';
import type {
  FeaturePlugin,
  GatewayConfig,
  Plugin,
  ProviderPlugin,
  Schema,
  StrategyPlugin,
  TransportPlugin,
} from '../core/contracts/index.ts';
import { assemble, featureSections, hasSection, optionsOf } from './schema/assemble.ts';
import type { Chosen, Members } from './choose-plugins.ts';
import { choose, isMembers } from './choose-plugins.ts';
import { conform, filledIn } from './conform.ts';
import { defaultsIn } from './defaults.ts';
import { TOO_DEEP, tooDeep } from './file/depth.ts';
import type { Environment } from './environment.ts';
import { crossChecks } from './cross-checks.ts';
import { Mistakes } from './mistakes.ts';
import { prepare } from './expand-shorthand.ts';
import type { Files } from './files-read.ts';
import { mustBeHidden, readReferences, type ReferenceValues } from './references.ts';
import { object } from './file/source.ts';
import type { Source } from './file/source.ts';

/** A checked config, with the plugins that it names. */
export interface Loaded {
  readonly config: GatewayConfig;
  /** as written: variables by name, no defaults filled in */
  readonly written: unknown;
  /** undefined when there is no file */
  readonly file?: string;
  /** undefined for an object of a program */
  readonly kept?: Kept;
  /** paths in the config are relative to it */
  readonly folder: string;
  /** environment variables, `.env` included */
  readonly env: Environment;
  /** the same without `.env`, which is read again with the config */
  readonly outer: Environment;
  readonly files: Files;
  /** what it refers to: secrets and texts of files */
  readonly references: ReferenceValues;
  /** what they hold whatever their files say; undefined: they are read again with each change */
  readonly known?: ReferenceValues;
  /** files of the plugins that the config names by a path, and what those import */
  readonly code: Files;
  /** describes the checked `config`, for `redact` */
  readonly schema: Schema;
  /** by the entry's name under `providers` */
  readonly providerPlugins: ReadonlyMap<string, ProviderPlugin>;
  /**
   * The plugin of a `use` that is in `config`, or of a name.
   * @throws GatewayError listing the known plugins
   */
  readonly strategyPlugin: (use: string) => StrategyPlugin;
  /** the one that the config names; undefined: it says 'auto' */
  readonly transportPlugin: TransportPlugin | undefined;
  /** where each path stands */
  readonly source: Source;
  /** those that the config names under `plugins`, beside the registry's */
  readonly features: readonly FeaturePlugin[];
}

/** Where a config comes from. */
export interface Kept {
  /** absolute */
  readonly file: string;
  /** the text it was read from; undefined: there was no file */
  readonly text: string | undefined;
}

export interface Check {
  /** as written, with texts for units and variables */
  readonly value: unknown;
  readonly env: Environment;
  /** without `.env`; default: `env` */
  readonly outer?: Environment;
  readonly registry: PluginRegistry;
  /** the folder that paths and packages in the config are relative to */
  readonly folder: string;
  /** where the value was written; without it, it is an object of a program */
  readonly source?: Source;
  /** secrets that are not stored yet, by name */
  readonly given?: Readonly<Record<string, string>>;
  /** what its references were read as before, by name */
  readonly known?: ReferenceValues | undefined;
  /** the thing that has the mistakes */
  readonly what?: string;
}

/**
 * Checks a whole config and fills in defaults.
 * @throws GatewayError with every mistake, each with its line, its path and the allowed values
 */
export async function checkConfig({
  value: written,
  env,
  outer = env,
  registry,
  folder,
  source = object,
  given = {},
  known = {},
  what,
}: Check): Promise<Loaded> {
  const mistakes = new Mistakes(source);
  if (!isMembers(written ?? {}))
    mistakes.add([], 'it must be a map of sections such as server and providers');
  mustBeShallow(written, mistakes, what);

  const references = await readReferences(written, { env, folder, given, known });
  const expanded = filledIn(written ?? {}, references, mistakes);
  const chosen = await choose({ value: expanded.value as Members, registry, folder, mistakes });
  const sections = featureSections(registry, chosen.features);
  const schema = assemble(expanded.value as Members, chosen, sections, registry);
  const checked = conform({ expanded, written: written ?? {}, schema, folder, mistakes });
  mustBeHidden(references, checked.schema, mistakes);
  const features = [...registry.list('surface'), ...registry.list('feature'), ...chosen.features];
  crossChecks(checked.value as Members, { registry, features, mistakes });
  mistakes.throwIfAny(what);
  const value = placed(checked.value as Members, expanded.value as Members, folder);

  const loaded = {
    written: written ?? {},
    source,
    folder,
    env,
    outer,
    files: references.files,
    references: references.values,
    code: registry.codeOf([...chosen.providers.values(), ...chosen.strategies.values(), ...chosen.features]),
    schema: shaped(checked.schema, Object.keys(sections)),
    ...injected(chosen, registry),
  };
  return { config: split(value, features), ...loaded };
}

interface CheckOptions {
  readonly value?: unknown;
  readonly env: Environment;
  readonly folder: string;
  readonly what?: string;
}

/**
 * Checks the options of one plugin and fills in its defaults: for a plugin that no config mentions.
 * @throws GatewayError as `checkConfig` does; `name` is in the place of the file
 */
export function checkOptions(
  plugin: Pick<Plugin, 'name' | 'options'>,
  { value = {}, env, folder, what }: CheckOptions,
): Members {
  const defaults = isEmpty(value) ? defaultsIn(prepare(optionsOf(plugin), folder)) : undefined;
  if (defaults) return defaults as Members;
  const mistakes = new Mistakes({ ...object, name: plugin.name });
  mustBeShallow(value, mistakes, what);
  const expanded = filledIn(value, { env, problems: new Map() }, mistakes);
  const checked = conform({ expanded, written: value, schema: optionsOf(plugin), folder, mistakes });
  mistakes.throwIfAny(what);
  return checked.value as Members;
}

const isEmpty = (value: unknown): boolean => isMembers(value) && Object.keys(value).length === 0;

/** The following steps read a value recursively. */
function mustBeShallow(value: unknown, mistakes: Mistakes, what?: string): void {
  const path = tooDeep(value);
  if (path) mistakes.add(path, TOO_DEEP);
  mistakes.throwIfAny(what);
}

/** Checks between the chosen plugins' options. */
function injected(
  { providers, strategies, transport, features }: Chosen,
  registry: PluginRegistry,
): Pick<Loaded, 'providerPlugins' | 'strategyPlugin' | 'transportPlugin' | 'features'> {
  const strategyPlugin = (use: string): StrategyPlugin => {
    const plugin = strategies.get(use) ?? registry.get('strategy', use);
    if (!plugin) throw registry.missing('strategy', use);
    return plugin;
  };
  return { providerPlugins: providers, strategyPlugin, transportPlugin: transport, features };
}

/** Programs are fetched into a named home: gateways in one folder with different homes share none. */
function placed(value: Members, { home }: Members, folder: string): Members {
  const around = home === undefined ? folder : String(value.home);
  return { ...value, apis: value.apis ?? join(around, 'apis') };
}

/** The features' own sections move below `features`; a feature that has no section gets empty options. */
function split({ $schema: _, ...value }: Members, plugins: readonly Plugin[]): GatewayConfig {
  const features: Record<string, unknown> = {};
  for (const plugin of plugins) {
    if (!hasSection(plugin)) features[plugin.name] = {};
    else if (value[plugin.name] !== undefined) features[plugin.name] = value[plugin.name];
    if (hasSection(plugin)) delete value[plugin.name];
  }
  return { ...value, features } as unknown as GatewayConfig;
}

function shaped({ properties, ...schema }: Schema, sections: readonly string[]): Schema {
  const all = Object.entries(properties!);
  const gateway = Object.fromEntries(all.filter(([name]) => !sections.includes(name)));
  const features = Object.fromEntries(all.filter(([name]) => sections.includes(name)));
  return { ...schema, properties: { ...gateway, features: { type: 'object', properties: features } } };
}

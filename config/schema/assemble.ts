import type { PluginRegistry } from '../plugins/registry.ts';
import type { FeaturePlugin, Plugin, Schema } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import type { Chosen, Members } from '../choose-plugins.ts';
import { members } from '../choose-plugins.ts';
import {
  anyProvider,
  anyStrategy,
  gateway,
  providerName,
  providerWords,
  strategyWords,
} from '../../core/contracts/config-schema.ts';
import { modelSchema } from '../../core/contracts/model-schema.ts';
import { refTo } from './json-schema.ts';

/** What stands in the place of a name alone. */
const STRATEGY = { use: 'round-robin' };
const MODEL = { targets: [{ provider: 'openai' }] };

const describing = {
  strategy: 'The balancing strategy for models without one of their own.',
  providers: 'The providers, by name.',
  toolchains: 'Which runtimes of this machine local programs use.',
  transports: 'Options of transports, by their names.',
  models: 'Public model names. Other models go to the providers that have them.',
};

/** The schema of the gateway's top-level sections, given the schemas of those that plugins describe. */
export function top(parts: {
  strategy: Schema;
  providers: Schema;
  models: Schema;
  toolchains: Schema;
  transports: Schema;
}): Record<string, Schema> {
  const { server, timeouts, ...others } = gateway;
  return {
    $schema: { type: 'string', description: 'Where editors find the schema of this file.' },
    server,
    strategy: { description: describing.strategy, ...parts.strategy },
    timeouts: { ...timeouts, default: {} },
    providers: {
      type: 'object',
      default: {},
      description: describing.providers,
      propertyNames: providerName,
      ...parts.providers,
    },
    models: { type: 'object', default: {}, description: describing.models, ...parts.models },
    toolchains: { type: 'object', default: {}, description: describing.toolchains, ...parts.toolchains },
    transports: { type: 'object', default: {}, description: describing.transports, ...parts.transports },
    ...others,
  };
}

/** The schema of one config: each entry is described by the plugin that it names. */
export function assemble(
  value: Members,
  { providers, strategies, transport }: Chosen,
  sections: Record<string, Schema>,
  registry: PluginRegistry,
): Schema {
  const definitions: Record<string, Schema> = {};
  const entry = (name: string): Schema => {
    const plugin = providers.get(name);
    const key = plugin ? `provider.${members(members(value.providers)[name]).use ?? name}` : 'provider';
    definitions[key] ??= plugin ? withWords(plugin, providerWords) : anyProvider;
    return refTo(key);
  };
  const strategy = (owner: unknown): Schema => {
    const use = String(members(members(owner).strategy).use);
    const plugin = strategies.get(use);
    if (!plugin) return { ...anyStrategy, examples: [STRATEGY] };
    definitions[`strategy.${use}`] ??= {
      ...withWords(plugin, strategyWords),
      required: ['use', ...needs(plugin)],
    };
    return refTo(`strategy.${use}`);
  };
  const model = (of: unknown): Schema => {
    const key = `model.${String(members(members(of).strategy).use)}`;
    definitions[key] ??= { ...modelSchema(strategy(of)), examples: [MODEL] };
    return refTo(key);
  };
  const parts = {
    strategy: strategy(value),
    providers: { properties: byName(value.providers, entry) },
    models: { properties: byName(value.models, (_, of) => model(of)) },
    toolchains: optionsByName(registry.list('toolchain')),
    transports: optionsByName([...registry.list('transport'), ...(transport ? [transport] : [])]),
  };
  return { type: 'object', properties: { ...top(parts), ...sections }, definitions };
}

/** The options of each of these plugins, under its name. */
export function optionsByName(plugins: readonly Pick<Plugin, 'name' | 'options'>[]): Schema {
  const all = plugins.map((plugin) => [plugin.name, { default: {}, ...optionsOf(plugin) }]);
  return { properties: Object.fromEntries(all) as Record<string, Schema> };
}

/** The sections of features and surfaces: those that have options, under their own names. */
export function featureSections(
  registry: PluginRegistry,
  further: readonly FeaturePlugin[],
): Record<string, Schema> {
  const taken = new Set([
    '$schema',
    'strategy',
    'providers',
    'models',
    'toolchains',
    'transports',
    ...Object.keys(gateway),
  ]);
  const sections: Record<string, Schema> = {};
  for (const plugin of [...registry.list('surface'), ...registry.list('feature'), ...further]) {
    const schema = optionsOf(plugin);
    if (!hasSection(plugin)) continue;
    if (taken.has(plugin.name)) {
      throw new GatewayError(
        'config_invalid',
        `the feature '${plugin.name}' has options, but '${plugin.name}' is already a section of the config: name it otherwise`,
      );
    }
    taken.add(plugin.name);
    sections[plugin.name] = needs(plugin).length === 0 ? { default: {}, ...schema } : schema;
  }
  return sections;
}

/** A plugin's options as the schema of a map. */
export function optionsOf({ options }: Pick<Plugin, 'options'>): Schema {
  return { type: 'object', properties: {}, ...options };
}

/** It has options of its own: named ones, or a map of any names. */
export function hasSection(plugin: Pick<Plugin, 'options'>): boolean {
  const { properties, additionalProperties } = optionsOf(plugin);
  return Object.keys(properties!).length > 0 || typeof additionalProperties === 'object';
}

/** A plugin's options beside the gateway's own. */
export function withWords(plugin: Pick<Plugin, 'options'>, words: Readonly<Record<string, Schema>>): Schema {
  const schema = optionsOf(plugin);
  return { ...schema, properties: { ...words, ...schema.properties, ...words } };
}

/** Required options of a plugin that have no default. */
function needs({ options }: Pick<Plugin, 'options'>): string[] {
  const { required = [], properties = {} } = options as Schema;
  return required.filter((name) => properties[name]?.default === undefined);
}

function byName(of: unknown, schema: (name: string, value: unknown) => Schema): Record<string, Schema> {
  return Object.fromEntries(Object.entries(members(of)).map(([name, value]) => [name, schema(name, value)]));
}

import type { PluginRegistry } from '../plugins/registry.ts';
import type { ProviderPlugin, Schema } from '../../core/contracts/index.ts';
import { featureSections, optionsByName, top, withWords } from './assemble.ts';
import { standardStrategy } from '../choose-plugins.ts';
import { providerWords, strategyWords } from '../../core/contracts/config-schema.ts';
import { modelSchema } from '../../core/contracts/model-schema.ts';
import { closed } from '../expand-shorthand.ts';
import { mapSchema, refTo } from './json-schema.ts';
import { units } from './units.ts';

/** The whole config's schema for editors: the schema itself selects the plugin that describes an entry, by `use`. */
export function editorSchema(registry: PluginRegistry): Schema {
  const providers = registry.list('provider');
  const strategies = registry.list('strategy');
  const definitions: Record<string, Schema> = {
    provider: byUse(providers, providerWords.use),
    strategy: { ...byUse(strategies, strategyWords.use), required: ['use'] },
    model: modelSchema(refTo('strategy')),
  };
  for (const plugin of providers) definitions[`provider.${plugin.name}`] = withWords(plugin, providerWords);
  for (const plugin of strategies) definitions[`strategy.${plugin.name}`] = withWords(plugin, strategyWords);

  const properties = top({
    strategy: { allOf: [refTo('strategy')], default: { use: standardStrategy(registry) } },
    providers: {
      properties: Object.fromEntries(providers.map((plugin) => [plugin.name, ownEntry(plugin)])),
      additionalProperties: otherEntry,
    },
    models: { additionalProperties: refTo('model') },
    toolchains: optionsByName(registry.list('toolchain')),
    transports: optionsByName(registry.list('transport')),
  });
  const transports = registry.list('transport').map(({ name }) => name);
  properties.transport = { ...properties.transport, examples: ['auto', ...transports] };
  const schema: Schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Switchyard config',
    type: 'object',
    properties: { ...properties, ...featureSections(registry, []) },
    definitions,
  };
  return mapSchema(schema, (node, composed) => asWritten(closed(node, composed)));
}

/** A plugin named by path or package is not described here: its options are checked at start only. */
function byUse(plugins: readonly { name: string }[], use: Schema): Schema {
  const kind = use === providerWords.use ? 'provider' : 'strategy';
  return {
    type: 'object',
    properties: { use: { ...use, examples: plugins.map(({ name }) => name) } },
    additionalProperties: true,
    allOf: plugins.map(({ name }) => ({
      if: { properties: { use: { const: name } }, required: ['use'] },
      // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema's own keyword
      then: refTo(`${kind}.${name}`),
    })),
  };
}

/** An entry with a plugin's own name needs no `use`. */
function ownEntry({ name }: ProviderPlugin): Schema {
  return { allOf: [refTo('provider')], if: { required: ['use'] }, else: refTo(`provider.${name}`) };
}

const otherEntry: Schema = { allOf: [refTo('provider')], required: ['use'] };

/** In a file, values with a unit may be texts, any value may be a $VARIABLE, and a section may be empty. */
function asWritten(node: Schema): Schema {
  const { format, minLength: _, ...rest } = node;
  const unit = units[format ?? ''];
  if (unit) {
    const above = node.minimum === undefined ? { exclusiveMinimum: 0 } : {};
    return { ...above, ...rest, type: ['number', 'string'], pattern: `${unit.pattern}|\\$` };
  }
  if (format !== undefined) return orVariable(rest);
  if (node.type === 'object') return { ...node, type: ['object', 'null'] };
  const scalar = ['integer', 'number', 'boolean'].find((type) => type === node.type);
  if (scalar) return { ...node, type: [scalar, 'string'], pattern: '\\$' };
  return orVariable(node);
}

const orVariable = (node: Schema): Schema =>
  node.pattern === undefined ? node : { ...node, pattern: `${node.pattern}|\\$` };

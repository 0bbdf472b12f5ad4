import type { PluginRegistry, Kind, Kinds } from './plugins/registry.ts';
import type {
  FeaturePlugin,
  ProviderPlugin,
  StrategyPlugin,
  TransportPlugin,
} from '../core/contracts/index.ts';
import type { Mistakes } from './mistakes.ts';
import { choice, loose } from '../wire/names.ts';
import type { Path } from './path.ts';
import { OR_OWN } from './plugins/registry.ts';
import { fromHome, isPath } from './plugins/plugin-file.ts';

/** The plugins that a config names. */
export interface Chosen {
  /** by the entry's name in the config; an entry without a known plugin is absent */
  readonly providers: Map<string, ProviderPlugin>;
  /** by `use` in the checked config: the plugin's own name, an absolute path, or a package */
  readonly strategies: Map<string, StrategyPlugin>;
  /** undefined: each request goes to the transport that is made for it */
  transport: TransportPlugin | undefined;
  /** those named under `plugins` */
  readonly features: FeaturePlugin[];
}

/** the value of `transport` that names no plugin */
const AUTO = 'auto';

export type Members = Record<string, unknown>;

/** The default strategy. */
export function standardStrategy(registry: PluginRegistry): string | undefined {
  return registry.list('strategy').find(({ standard }) => standard)?.name;
}

interface ChooseDeps {
  /** the config with variables replaced, not checked yet; each `use` in it becomes exact */
  readonly value: Members;
  readonly registry: PluginRegistry;
  readonly folder: string;
  readonly mistakes: Mistakes;
}

/** Loads the plugins that a config names, so that their options can be checked with the rest. */
export async function choose(deps: ChooseDeps): Promise<Chosen> {
  const { value, registry } = deps;
  const chooser = new Chooser(deps);
  value.strategy ??= {};
  if (isMembers(value.strategy)) value.strategy.use ??= standardStrategy(registry);
  await Promise.all([
    ...Object.keys(members(value.providers)).map((name) => chooser.provider(name)),
    chooser.strategy(value, []),
    ...Object.entries(members(value.models)).map(([name, model]) =>
      chooser.strategy(members(model), ['models', name]),
    ),
    chooser.transport(value.transport),
    chooser.features(Array.isArray(value.plugins) ? value.plugins : []),
  ]);
  return chooser.chosen;
}

class Chooser {
  readonly chosen: Chosen = {
    providers: new Map(),
    strategies: new Map(),
    transport: undefined,
    features: [],
  };
  readonly #deps: ChooseDeps;

  constructor(deps: ChooseDeps) {
    this.#deps = deps;
  }

  async provider(name: string): Promise<void> {
    const { value, registry, mistakes } = this.#deps;
    const { providers } = this.chosen;
    const entry = section(members(value.providers), name);
    if (!entry) {
      // The check then names the options that it may have in the place of a text.
      const own = registry.get('provider', name);
      if (own) providers.set(name, own);
      return;
    }
    if (entry.use === undefined && !registry.get('provider', name)) {
      return mistakes.add(['providers', name, 'use'], noPlugin(name, registry), 'key');
    }
    const use = entry.use ?? name;
    if (typeof use !== 'string') return;
    const plugin = await this.#find('provider', use, ['providers', name, 'use']);
    entry.use = this.#exact('provider', use);
    if (plugin) providers.set(name, plugin);
  }

  async strategy(owner: Members, path: Path): Promise<void> {
    const named = owner.strategy;
    if (!isMembers(named) || typeof named.use !== 'string') return;
    const plugin = await this.#find('strategy', named.use, [...path, 'strategy', 'use']);
    named.use = this.#exact('strategy', named.use);
    if (plugin) this.chosen.strategies.set(named.use as string, plugin);
  }

  async transport(use: unknown): Promise<void> {
    const { value } = this.#deps;
    if (typeof use !== 'string' || use === '') return;
    if (loose(use) === AUTO) return void (value.transport = AUTO);
    this.chosen.transport = await this.#find('transport', use, ['transport']);
    value.transport = this.#exact('transport', use);
  }

  async features(uses: readonly unknown[]): Promise<void> {
    const named = await Promise.all(
      uses.map((use, index) =>
        typeof use === 'string' ? this.#find('feature', use, ['plugins', index]) : undefined,
      ),
    );
    const further = new Set(named.filter((plugin) => plugin !== undefined));
    this.chosen.features.push(...further.difference(new Set(this.#deps.registry.list('feature'))));
  }

  async #find<K extends Kind>(kind: K, use: string, path: Path): Promise<Kinds[K] | undefined> {
    const { registry, folder, mistakes } = this.#deps;
    try {
      return await registry.find(kind, use, folder);
    } catch (error) {
      mistakes.add(path, (error as Error).message);
      return undefined;
    }
  }

  /** The plugin's own name, an absolute path, or a package. */
  #exact(kind: Kind, use: string): string {
    const { registry, folder } = this.#deps;
    return registry.get(kind, use)?.name ?? (isPath(use) ? fromHome(use, folder) : use);
  }
}

/** The map, or an empty one where it is none: the check reports that. */
export function members(value: unknown): Members {
  return isMembers(value) ? value : {};
}

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An entry; one with nothing below it is an empty map. */
function section(of: Members, name: string): Members | undefined {
  of[name] ??= {};
  return isMembers(of[name]) ? of[name] : undefined;
}

function noPlugin(name: string, registry: PluginRegistry): string {
  const names = registry.list('provider').map((plugin) => plugin.name);
  return `missing, and '${name}' is not a provider plugin${choice(name, names, { further: OR_OWN })}`;
}

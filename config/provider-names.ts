import type { PluginRegistry } from './plugins/registry.ts';
import { choice, loose } from '../wire/names.ts';

/** The names by which targets of one config name providers. A config may have thousands of both. */
export class ProviderNames {
  readonly #entries: Readonly<Record<string, unknown>>;
  readonly #registry: PluginRegistry;
  /** the first entry of each name, loosely, and of each plugin */
  readonly #alike = new Map<unknown, { readonly entry: string; readonly at: number }>();

  constructor(entries: Readonly<Record<string, unknown>>, registry: PluginRegistry) {
    this.#entries = entries;
    this.#registry = registry;
    for (const [at, entry] of Object.keys(entries).entries())
      for (const key of [loose(entry), registry.get('provider', entry)])
        if (key !== undefined && !this.#alike.has(key)) this.#alike.set(key, { entry, at });
  }

  /** The name of an entry of the config, or else of a plugin that needs no entry; undefined: there is neither. */
  exact(name: string): string | undefined {
    if (Object.hasOwn(this.#entries, name)) return name;
    const plugin = this.#registry.get('provider', name);
    const [first] = [loose(name), plugin]
      .map((key) => this.#alike.get(key))
      .filter((found) => found !== undefined)
      .toSorted((one, other) => one.at - other.at);
    return first?.entry ?? plugin?.name;
  }

  /** The message for a name of neither. */
  unknown(name: string): string {
    const plugins = this.#registry.list('provider').map((plugin) => plugin.name);
    const names = [...new Set([...Object.keys(this.#entries), ...plugins])];
    return `'${name}' is not a provider${choice(name, names)}`;
  }
}

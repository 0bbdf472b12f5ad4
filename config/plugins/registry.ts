import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { choice, loose } from '../../wire/names.ts';
import type { Files } from '../files-read.ts';
import { filesOf, importCurrent } from './plugin-code.ts';
import { fileAt, indexOf, isPath, loadPlugin, packageFile, pluginFiles } from './plugin-file.ts';
import type {
  FeaturePlugin,
  Plugin,
  ProviderPlugin,
  StrategyPlugin,
  ToolchainPlugin,
  TransportPlugin,
} from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';

/** The kinds of plugins and the type of each. */
export interface Kinds {
  provider: ProviderPlugin;
  strategy: StrategyPlugin;
  toolchain: ToolchainPlugin;
  transport: TransportPlugin;
  surface: FeaturePlugin;
  feature: FeaturePlugin;
}

export type Kind = keyof Kinds;

/** The folder of each kind: a file that is dropped there is a plugin. */
const FOLDERS: Readonly<Record<Kind, string>> = {
  provider: 'providers',
  strategy: 'plugins/strategies',
  toolchain: 'plugins/toolchains',
  transport: 'plugins/transports',
  surface: 'plugins/surfaces',
  feature: 'plugins',
};

/** What a config may name beside the plugins there are. */
export const OR_OWN = ', a path or an installed package';

/** Words of the config that stand where a plugin's name may stand. */
const WORDS: Readonly<Partial<Record<Kind, readonly string[]>>> = { transport: ['auto'] };

/** The plugins there are: `NAME.ts` or `NAME/index.ts` in the folder of their kind. */
export class PluginRegistry {
  /** by kind, then by loose name, aliases included */
  readonly #shelves: ReadonlyMap<Kind, ReadonlyMap<string, Plugin>>;
  /** the file of each plugin that a config named by its path */
  readonly #files = new WeakMap<object, string>();

  private constructor(shelves: ReadonlyMap<Kind, ReadonlyMap<string, Plugin>>) {
    this.#shelves = shelves;
  }

  /**
   * Loads every plugin below `root`, all at once.
   * @throws GatewayError with a line for each file that is not a plugin
   */
  static async read(root: string): Promise<PluginRegistry> {
    const kinds = Object.keys(FOLDERS) as Kind[];
    const problems: Error[] = [];
    const shelves = await Promise.all(kinds.map((kind) => shelf(join(root, FOLDERS[kind]), problems)));
    if (problems.length > 0) {
      const cause = problems.find((problem) => problem.cause)?.cause;
      throw new GatewayError('config_invalid', problems.map(({ message }) => message).join('\n'), { cause });
    }
    return new PluginRegistry(new Map(kinds.map((kind, index) => [kind, shelves[index]!])));
  }

  /** All of a kind, by name. */
  list<K extends Kind>(kind: K): Kinds[K][] {
    return [...new Set(this.#shelves.get(kind)!.values())] as Kinds[K][];
  }

  /** The one of that name; case does not count, nor does `_` for `-`. */
  get<K extends Kind>(kind: K, name: string): Kinds[K] | undefined {
    return this.#shelves.get(kind)!.get(loose(name)) as Kinds[K] | undefined;
  }

  /**
   * The plugin that a config names: by name, by path or by package, the latter two relative to the folder `from`.
   * @throws GatewayError listing the known plugins
   */
  async find<K extends Kind>(kind: K, use: string, from: string): Promise<Kinds[K]> {
    const own = this.get(kind, use);
    if (own) return own;
    if (isPath(use)) {
      const file = await fileAt(use, from);
      if (file === undefined)
        throw new GatewayError('config_invalid', `there is no plugin file '${use}' (from ${from})`);
      const plugin = await loadPlugin(file, 'file', importCurrent);
      this.#files.set(plugin, file);
      return plugin as unknown as Kinds[K];
    }
    const file = packageFile(use, from);
    if (file === undefined) throw this.missing(kind, use);
    return (await loadPlugin(file, 'package')) as unknown as Kinds[K];
  }

  /** The files of those of these plugins that a config named by their paths. */
  codeOf(plugins: readonly object[]): Files {
    const files = plugins.map((plugin) => this.#files.get(plugin)).filter((file) => file !== undefined);
    return new Map(files.flatMap((file) => [...filesOf(file)]));
  }

  /** The message for an unknown name. */
  missing(kind: Kind, use: string): GatewayError {
    const names = [...(WORDS[kind] ?? []), ...this.list(kind).map(({ name }) => name)];
    const message = `there is no ${kind} plugin '${use}'`;
    return new GatewayError('config_invalid', `${message}${choice(use, names, { further: OR_OWN })}`);
  }
}

async function shelf(folder: string, problems: Error[]): Promise<Map<string, Plugin>> {
  const files = await filesIn(folder);
  const loaded = await Promise.allSettled(files.map((file) => loadPlugin(file)));
  const found: [string, Plugin][] = [];
  for (const [index, result] of loaded.entries()) {
    if (result.status === 'rejected') problems.push(result.reason as Error);
    else found.push([files[index]!, result.value]);
  }
  const plugins = new Map<string, Plugin>();
  for (const [file, plugin] of found.toSorted(([, a], [, b]) => (a.name < b.name ? -1 : 1))) {
    const key = loose(plugin.name);
    if (plugins.has(key))
      problems.push(new Error(`${file}: there is already a plugin '${plugins.get(key)!.name}' in ${folder}`));
    plugins.set(key, plugin);
  }
  for (const [file, plugin] of found)
    for (const alias of (plugin as ProviderPlugin).aliases ?? []) {
      const other = plugins.get(loose(alias));
      if (other && other !== plugin)
        problems.push(new Error(`${file}: its alias '${alias}' is taken by '${other.name}'`));
      plugins.set(loose(alias), plugin);
    }
  return plugins;
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new GatewayError('config_invalid', `${folder} cannot be read: ${error.message}`, { cause: error });
  });
  const files = pluginFiles(entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name));
  const folders = entries.filter((entry) => entry.isDirectory() && !/^[._]/.test(entry.name));
  const indexes = await Promise.all(folders.map(({ name }) => indexOf(join(folder, name))));
  return [...files.map((name) => join(folder, name)), ...indexes.filter((file) => file !== undefined)];
}

import type { Gateway, Plugin, ProviderPlugin } from '../../core/contracts/index.ts';
import type { Threads } from '../../kits/feature-kit/threads.ts';
import { checkOptions } from '../check.ts';
import { unnamedProviders } from '../collect-providers.ts';
import { Discovery, type SearchDeps } from '../discovery.ts';
import type { RunningProviders } from './running-providers.ts';
import { type SettingsOfMain, settingsOfMain } from './settings-of-main.ts';
import type { Settings } from './settings.ts';

interface FoundDeps {
  readonly settings: Settings;
  readonly providers: RunningProviders;
  readonly upstreams: Gateway['upstreams'];
  /** undefined: the gateway has one thread */
  readonly threads: Threads | undefined;
  /** where the gateway itself listens */
  readonly own: SearchDeps['own'];
  readonly tell: (found: string) => void;
}

/**
 * Providers that no entry of the config describes and that are found while the gateway runs. The main thread looks for
 * them; each other thread takes what that one has found, and the settings that are in force there.
 */
export class FoundProviders {
  readonly discovery: Discovery;
  readonly #deps: FoundDeps;

  constructor(deps: FoundDeps) {
    const { settings, threads, own, tell } = deps;
    this.#deps = deps;
    this.discovery = new Discovery({
      plugins: () => (settings.config.discover ? this.#unnamed() : []),
      own,
      take: async ({ plugin, because }) => {
        tell(`${plugin.name} is a provider: ${because}`);
        await this.#find(plugin);
        threads?.tell('found', [plugin.name]);
      },
    });
    if (!threads || threads.isMain) return;
    threads.on('found', (names: string[]) => this.take(names));
    threads.on('config', async ({ overrides, config, found }: SettingsOfMain) => {
      await settings.follow(overrides, config);
      await this.take(found);
    });
  }

  /** @param names of those that the main thread has */
  async take(names: readonly string[]): Promise<void> {
    for (const plugin of this.#unnamed().filter(({ name }) => names.includes(name))) await this.#find(plugin);
  }

  /** The main thread's settings have changed. Settles once they are in force in all threads. */
  async settingsChanged(): Promise<void> {
    const { settings, threads, upstreams } = this.#deps;
    if (threads?.isMain) await threads.ask('config', settingsOfMain(settings, upstreams));
  }

  #unnamed(): ProviderPlugin[] {
    const { settings, upstreams } = this.#deps;
    return unnamedProviders(settings.loaded, settings.registry).filter(({ name }) => !upstreams.has(name));
  }

  #find(plugin: ProviderPlugin): Promise<void> {
    const { settings, providers } = this.#deps;
    const { env, folder } = settings.begun;
    const given = checkOptions(plugin as Plugin, { env, folder });
    return providers.find({ name: plugin.name, plugin, settings: given });
  }
}

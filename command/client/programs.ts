import { PluginRegistry } from '../../config/plugins/registry.ts';
import { chosenProviders } from '../../config/collect-providers.ts';
import type { Loaded } from '../../config/check.ts';
import { loose } from '../../wire/names.ts';
import { readConfig } from '../../config/read.ts';
import type { Host, ProcessSpec, ProviderPlugin, Toolchain } from '../../core/contracts/index.ts';
import { lacksOf } from '../../kits/provider-kit/lacks.ts';
import { place, root } from '../installation.ts';
import { loadSupervisor, UNSUPERVISED, type OfflineSupervisor } from './load-supervisor.ts';

/** A provider of the config, seen without a gateway. */
export interface Known {
  readonly name: string;
  /** other names that it is found by */
  readonly aliases: readonly string[];
  /** The config names it; else it is only listed, or a last resort. */
  readonly named: boolean;
  /** It is used only where there is no other provider. */
  readonly lastResort: boolean;
  readonly lacks: readonly string[];
  /** of a provider that is reached by URL */
  readonly origin?: string;
  /** of one that is a local program, where there is a supervisor for it */
  readonly program?: KnownProgram;
}

type Places = ReturnType<OfflineSupervisor['pathsOf']>;

export interface KnownProgram extends Places {
  readonly spec: ProcessSpec;
  readonly toolchain: Toolchain | undefined;
}

export interface Setup {
  readonly loaded: Loaded;
  readonly known: readonly Known[];
  /** undefined: its folder is not there */
  readonly supervisor: OfflineSupervisor | undefined;
}

/**
 * The providers of a config, with nothing opened, started or called over the network.
 * @throws GatewayError where the config is wrong
 */
export async function readSetup(file: string | undefined, tell: (problem: string) => void): Promise<Setup> {
  const registry = await PluginRegistry.read(root);
  const named = file ?? (process.env.SWITCHYARD_CONFIG || undefined);
  const loaded = await readConfig({ file: named, root: place, env: process.env, registry });
  const { config } = loaded;
  const host = injected(loaded) as Host;
  const toolchains = new Map(
    registry
      .list('toolchain')
      .map((plugin) => [plugin.name, plugin.create({ ...config.toolchains[plugin.name] }, host)]),
  );
  const supervisor = await loadSupervisor();
  const secrets = supervisor && new supervisor.SecretStore(config.home, loaded.env);
  await secrets?.read(tell);
  const chosen = await chosenProviders(loaded, registry, () => undefined, hasKey);
  const known = chosen.map(({ name, plugin, settings, dormant }): Known => {
    const made = plugin.create({ ...settings, name }, host);
    const spec = made.process && secrets && supervisor?.withKept(made.process, secrets.of(name));
    const lacks = made.process && !supervisor ? [UNSUPERVISED] : (made.lacks ?? []);
    return {
      name,
      aliases: plugin.aliases ?? [],
      lastResort: plugin.lastResort === true,
      named: !dormant && (!plugin.lastResort || Object.hasOwn(config.providers, name)),
      lacks: spec ? lacksOf(spec, name) : lacks,
      ...(made.origin !== undefined && { origin: made.origin }),
      ...(spec && {
        program: {
          ...supervisor!.pathsOf(config, name, spec),
          spec,
          toolchain: spec.source && toolchains.get(spec.source.toolchain),
        },
      }),
    };
  });
  return { loaded, known, supervisor };
}

/** Servers on this machine are found by a call to each. */
const hasKey = ({ detect }: ProviderPlugin): boolean => detect !== undefined && 'env' in detect;

/** The provider that a person means; case does not count, nor `_` for `-`. */
export function find(known: readonly Known[], name: string): Known | undefined {
  const wanted = loose(name);
  return (
    known.find((one) => loose(one.name) === wanted) ??
    known.find(({ aliases }) => aliases.some((alias) => loose(alias) === wanted))
  );
}

/** A host with which plugins can describe themselves, and do nothing else. */
function injected({ config, env }: Loaded): Pick<Host, 'config' | 'env' | 'now' | 'date' | 'random'> {
  return { config, env, now: () => performance.now(), date: Date.now, random: Math.random };
}

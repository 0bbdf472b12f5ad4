import { fileURLToPath } from 'node:url';
import { Catalogue } from '../../core/catalogue.ts';
import { chosenProviders } from '../../core/chosen-providers.ts';
import type { Loaded } from '../../core/config/check.ts';
import { loose } from '../../core/config/names.ts';
import { readConfig } from '../../core/config/read.ts';
import type { Host, ProcessSpec, ProviderPlugin, Toolchain } from '../../core/contracts.ts';
import { Secrets, withKept } from '../../core/secrets.ts';
import { lacksOf } from '../../core/supervisor/furnish.ts';
import { placesOf, type Places } from '../../core/supervisor/places.ts';

/** A provider of the config, seen without a gateway. */
export interface Known {
  readonly name: string;
  /** further names that it is found by */
  readonly aliases: readonly string[];
  /** The config names it; else it is only listed, or asked when nobody else is there. */
  readonly named: boolean;
  /** It is asked only when nobody else is there. */
  readonly lastResort: boolean;
  readonly lacks: readonly string[];
  /** of one that is reached by URL */
  readonly origin?: string;
  readonly program?: KnownProgram;
}

export interface KnownProgram extends Places {
  readonly spec: ProcessSpec;
  readonly toolchain: Toolchain | undefined;
}

export interface House {
  readonly loaded: Loaded;
  readonly known: readonly Known[];
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * What a config says, with nothing opened, started or asked over the network.
 * @throws GatewayError where the config is wrong
 */
export async function readHouse(file: string | undefined, tell: (problem: string) => void): Promise<House> {
  const catalogue = await Catalogue.read(root);
  const named = file ?? (process.env.SWITCHYARD_CONFIG || undefined);
  const loaded = await readConfig({ file: named, root, env: process.env, catalogue });
  const { config } = loaded;
  const host = lent(loaded) as Host;
  const toolchains = new Map(
    catalogue
      .list('toolchain')
      .map((plugin) => [plugin.name, plugin.create({ ...config.toolchains[plugin.name] }, host)]),
  );
  const secrets = new Secrets(config.home);
  await secrets.read(tell);
  const chosen = await chosenProviders(loaded, catalogue, () => undefined, hasKey);
  const known = chosen.map(({ name, plugin, settings, dormant }): Known => {
    const made = plugin.create({ ...settings, name }, host);
    const spec = made.process && withKept(made.process, secrets.of(name));
    return {
      name,
      aliases: plugin.aliases ?? [],
      lastResort: plugin.lastResort === true,
      named: !dormant && (!plugin.lastResort || Object.hasOwn(config.providers, name)),
      lacks: spec ? lacksOf(spec, name) : (made.lacks ?? []),
      ...(made.origin !== undefined && { origin: made.origin }),
      ...(spec && {
        program: {
          ...placesOf(config, name, spec),
          spec,
          toolchain: spec.source && toolchains.get(spec.source.toolchain),
        },
      }),
    };
  });
  return { loaded, known };
}

/** Servers on this machine are found by asking them. */
const hasKey = ({ detect }: ProviderPlugin): boolean => detect !== undefined && 'env' in detect;

/** The one that a person means; case does not count, nor `_` for `-`. */
export function find(known: readonly Known[], name: string): Known | undefined {
  const wanted = loose(name);
  return (
    known.find((one) => loose(one.name) === wanted) ??
    known.find(({ aliases }) => aliases.some((alias) => loose(alias) === wanted))
  );
}

/** What plugins need to describe themselves; nothing is open that they could use. */
function lent({
  config,
  env,
  schema,
}: Loaded): Pick<Host, 'config' | 'env' | 'schema' | 'now' | 'date' | 'random'> {
  return { config, env, schema, now: () => performance.now(), date: Date.now, random: Math.random };
}

import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { amended } from './amend.ts';
import { planProviders } from './plan-providers.ts';
import { tryStrategies } from './restore-overrides.ts';
import type { Kept, Loaded } from '../check.ts';
import { valueAt } from '../path.ts';
import { readConfig } from '../read.ts';
import type { PlannedProviders } from './running-providers.ts';
import { GatewayError } from '../../core/errors.ts';
import { LIVE, liveFeatures, type LoadedSettings, type Running } from './running.ts';
import type { ProviderChanges, Reloaded } from '../../core/contracts/index.ts';

/**
 * Reads the config again and applies what can change while the gateway runs, providers included. Nothing of a wrong config is applied.
 * @throws GatewayError `config_not_reloaded` with every mistake
 */
export async function reload(settings: LoadedSettings, running: Running): Promise<Reloaded> {
  const { kept } = settings.loaded;
  if (!kept) throw notReloaded('there is no config file: a program gave this gateway its config');
  let before = settings.loaded;
  let providers: ProviderChanges = { added: [], changed: [], removed: [] };
  // Serialised with the overrides, which may be on their way into the file.
  await settings.overrides.inTurn(async () => {
    const next = await read(kept, settings, running).catch((error: Error) => {
      throw notReloaded(error.message, error);
    });
    before = settings.loaded;
    settings.adopt(next.filed, next.loaded);
    running.providers.apply(next.providers);
    running.changed();
    providers = next.providers.changes;
  });
  const live = new Set<string>([...LIVE, ...liveFeatures(settings.registry, settings.loaded)]);
  const changed = [...live].filter((name) => isOther(name, before, settings.loaded));
  const restart = differing(settings.begun, settings.filed).filter((name) => !live.has(name));
  const success = restart.length === 0 || (changed.length > 0 && 'partial');
  return { file: kept.file, changed, restart, providers, success };
}

interface Next {
  readonly filed: Loaded;
  readonly loaded: Loaded;
  readonly providers: PlannedProviders;
}

async function read(
  { file, text }: Kept,
  { loaded: { env }, registry, overrides }: LoadedSettings,
  running: Running,
): Promise<Next> {
  const named = text === undefined ? undefined : file;
  const filed = await readConfig({ file: named, root: dirname(file), env, registry });
  const loaded = await amended({ filed, registry }, overrides.value);
  tryStrategies(loaded, running.make);
  return { filed, loaded, providers: await planProviders(loaded, registry, running) };
}

/** A variable, a secret or a file that a section refers to may have changed without a change of its text. */
const isOther = (name: string, one: Loaded, other: Loaded): boolean =>
  !isDeepStrictEqual(sectionOf(one, name), sectionOf(other, name)) ||
  !isDeepStrictEqual(valueAt(one.written, [name]), valueAt(other.written, [name]));

const sectionOf = ({ config }: Loaded, name: string): unknown =>
  (LIVE as readonly string[]).includes(name) ? config[name as (typeof LIVE)[number]] : config.features[name];

/** Sections that differ in the two files. */
function differing(one: Loaded, other: Loaded): string[] {
  const names = new Set([one, other].flatMap(({ written }) => Object.keys(written as object)));
  return [...names].filter(
    (name) => !isDeepStrictEqual(valueAt(one.written, [name]), valueAt(other.written, [name])),
  );
}

function notReloaded(why: string, cause?: unknown): GatewayError {
  return new GatewayError('config_not_reloaded', `The previous config stays in force. ${why}`, { cause });
}

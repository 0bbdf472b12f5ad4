import { dirname } from 'node:path';
import { amended } from './amend.ts';
import { planProviders } from './plan-providers.ts';
import { tryStrategies } from './restore-overrides.ts';
import type { Kept, Loaded } from '../check.ts';
import type { Environment } from '../environment.ts';
import type { PluginRegistry } from '../plugins/registry.ts';
import { type ConfigSnapshot, readConfig, readSnapshot } from '../read.ts';
import type { PlannedProviders } from './running-providers.ts';
import { GatewayError } from '../../core/errors.ts';
import { changedIn, waitingIn } from './differing.ts';
import type { LoadedSettings, PlannedFeatures, Running } from './running.ts';
import type { ProviderChanges, Reloaded } from '../../core/contracts/index.ts';

/**
 * Reads the config again and applies what can change while the gateway runs, providers included. Nothing of a wrong config is applied.
 * @param snapshot what is read instead of its files
 * @throws GatewayError `config_not_reloaded` with every mistake
 */
export async function reload(
  settings: LoadedSettings,
  running: Running,
  snapshot?: ConfigSnapshot,
): Promise<Reloaded> {
  const { kept } = settings.loaded;
  if (!kept) throw notReloaded('there is no config file: a program gave this gateway its config');
  let before = settings.loaded;
  let providers: ProviderChanges = { added: [], changed: [], removed: [] };
  // Serialised with the overrides, which may be on their way into the file.
  await settings.overrides.inTurn(async () => {
    const next = await read(kept, settings, running, snapshot).catch((error: Error) => {
      throw notReloaded(error.message, error);
    });
    before = settings.loaded;
    settings.adopt(next.filed, next.loaded);
    running.providers.apply(next.providers);
    next.features?.apply();
    await running.changed();
    providers = next.providers.changes;
  });
  const changed = changedIn(before, settings.loaded, settings);
  const restart = waitingIn(settings.begun, settings.filed, settings);
  const success = restart.length === 0 || (changed.length > 0 && 'partial');
  return { file: kept.file, changed, restart, providers, success };
}

interface Next {
  readonly filed: Loaded;
  readonly loaded: Loaded;
  readonly providers: PlannedProviders;
  readonly features: PlannedFeatures | undefined;
}

async function read(
  kept: Kept,
  { loaded: { outer }, registry, overrides }: LoadedSettings,
  running: Running,
  snapshot: ConfigSnapshot | undefined,
): Promise<Next> {
  const filed = await (snapshot ? readSnapshot(snapshot, registry) : readFiles(kept, outer, registry));
  const loaded = await amended({ filed, registry }, overrides.value);
  tryStrategies(loaded, running.make);
  const providers = await planProviders(loaded, registry, running);
  try {
    return { filed, loaded, providers, features: await running.features?.plan(loaded) };
  } catch (error) {
    for (const { close } of providers.made) close();
    throw error;
  }
}

async function readFiles({ file, text }: Kept, env: Environment, registry: PluginRegistry): Promise<Loaded> {
  const named = text === undefined ? undefined : file;
  const filed = await readConfig({ file: named, root: dirname(file), env, registry });
  if (text?.trim() && !filed.kept?.text?.trim())
    throw notReloaded(
      `${file} is empty, as a file is that is being written; a config of defaults alone is {}.`,
    );
  return filed;
}

function notReloaded(why: string, cause?: unknown): GatewayError {
  return new GatewayError('config_not_reloaded', `The previous config stays in force. ${why}`, { cause });
}

import type { ConfigChange, ModelOverride, TargetConfig } from '../../core/contracts/index.ts';
import { entryEdits } from './amend.ts';
import { adjustmentsOf, changesOf } from './changes.ts';
import type { LoadedSettings, Running } from './running.ts';
import type { Edit } from '../file/edit.ts';
import { expand } from '../environment.ts';
import { shown } from '../path.ts';
import { notSaved, save } from '../file/save.ts';

/**
 * Writes the overrides into the config file: the same values are in force, and nothing is an override any more. Those of
 * all gateways stay in PostgreSQL.
 * @throws GatewayError `config_not_saved` with the remedy
 */
export async function saveOverrides(
  settings: LoadedSettings,
  gateway: Running['gateway'],
): Promise<{ readonly file: string | null; readonly changes: readonly ConfigChange[] }> {
  let changes: ConfigChange[] = [];
  await settings.override(async (value) => {
    changes = changesOf(settings);
    const edits = [
      ...entryEdits(settings.overrides.value, settings.filed.written),
      ...adjustmentsOf(settings).map((change) => editFor(change, gateway)),
    ];
    if (edits.length > 0) settings.adopt(await save(settings.filed, edits, settings.registry));
    // Other gateways do not have this file.
    return settings.isShared ? value : {};
  });
  return { file: settings.loaded.kept?.file ?? null, changes };
}

function editFor({ path, now }: Omit<ConfigChange, 'file'>, gateway: Running['gateway']): Edit {
  const isModel = path.length === 2;
  return { path, value: isModel ? wholeModel(String(path[1]), now as ModelOverride, gateway) : literal(now) };
}

/** A new model gets an entry with all targets known to have it now. */
function wholeModel(
  name: string,
  { strategy, targets }: ModelOverride,
  { models }: Running['gateway'],
): unknown {
  const all =
    targets ?? models.knowing(name).map(({ provider, model }) => ({ provider: provider.name, model }));
  if (all.length === 0)
    throw notSaved(
      `no provider has the model '${name}', so ${shown(['models', name])} would have no targets. DELETE /config/load-balancing?model=${encodeURIComponent(name)} takes its strategy back`,
    );
  return {
    ...(strategy ? { strategy: literal(strategy) } : {}),
    targets: all.map((target: TargetConfig) => escaped(target)),
  };
}

/** A value from a request may not read the environment, neither now nor as a line of the file. */
function literal(value: unknown): unknown {
  return escaped(expand(value, {}, () => undefined).value);
}

function escaped(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, escaped(member)]));
}

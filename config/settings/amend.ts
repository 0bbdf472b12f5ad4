import { isDeepStrictEqual } from 'node:util';
import type { EntryOverride, Overrides } from '../../core/contracts/index.ts';
import type { PluginRegistry } from '../plugins/registry.ts';
import { checkConfig, type Loaded } from '../check.ts';
import { isMembers, type Members } from '../choose-plugins.ts';
import { type Edit, withEdits } from '../file/edit.ts';
import { object } from '../file/source.ts';
import { valueAt, type Path } from '../path.ts';
import { overriding, SECTIONS } from './overrides.ts';

interface Amending {
  /** the config as its file has it */
  readonly filed: Loaded;
  readonly registry: PluginRegistry;
  /** secrets that are not stored yet, by name */
  readonly given?: Readonly<Record<string, string>>;
}

/**
 * The config with the providers and models that were added, changed and removed while the gateway runs.
 * @throws GatewayError `config_invalid` with every mistake
 */
export async function amended(
  { filed, registry, given = {} }: Amending,
  overrides: Overrides,
): Promise<Loaded> {
  const edits = entryEdits(overrides, filed.written);
  if (edits.length === 0) return filed;
  const { env, outer, folder, known } = filed;
  const what = 'config with the changes made while the gateway runs';
  const value = withEdits(filed.written, edits);
  const checked = await checkConfig({
    value,
    env,
    outer,
    registry,
    folder,
    given,
    known,
    what,
    source: object,
  });
  return { ...filed, ...checked, files: new Map([...filed.files, ...checked.files]) };
}

/** What differs from the config as written, each at the deepest path where both have a map. */
export function entryEdits(overrides: Overrides, written: unknown): Edit[] {
  return SECTIONS.flatMap((section) =>
    Object.keys(overrides[section] ?? {}).flatMap((name) => {
      const path = [section, name];
      return differences(path, valueAt(written, path), overriding(overrides, section, name));
    }),
  );
}

function differences(path: Path, before: unknown, { entry, members = {} }: EntryOverride): Edit[] {
  if (entry === null) return before === undefined ? [] : [{ path, value: undefined }];
  if (entry === undefined && Object.keys(members).length === 0) return [];
  const old: Members = isMembers(before) ? before : {};
  const now: Members = entry ?? withoutNull({ ...old, ...members });
  if (before === undefined || before === null) return [{ path, value: now }];
  const names = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...names]
    .filter((name) => !isDeepStrictEqual(old[name], now[name]))
    .map((name) => ({ path: [...path, name], value: now[name] }));
}

const withoutNull = (value: Members): Members =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));

/** Without overrides that change nothing, such as a removed entry that the config does not have. */
export function withoutIdle(overrides: Overrides, written: unknown): Overrides {
  return SECTIONS.reduce((value, section) => {
    const { [section]: all, ...rest } = value;
    if (!all) return value;
    const kept = Object.entries(all).filter(([name, override]) => {
      const { entry: _, members: __, ...others } = override;
      const path = [section, name];
      return Object.keys(others).length > 0 || differences(path, valueAt(written, path), override).length > 0;
    });
    return kept.length > 0 ? { ...rest, [section]: Object.fromEntries(kept) } : rest;
  }, overrides);
}

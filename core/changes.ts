import { isDeepStrictEqual } from 'node:util';
import { valueAt, type Path } from './config/path.ts';
import { isSame, modelOverriding } from './overriding.ts';
import type { Settings } from './settings.ts';

/** Something that holds instead of the config's word. */
export interface Change {
  readonly path: Path;
  /** as it stands in the config; undefined: nothing does */
  readonly file: unknown;
  /** what would hold where nothing stands; undefined: that depends on who is there */
  readonly standard?: unknown;
  /** as it was said */
  readonly now: unknown;
}

/** What a target has where nothing is said. */
const PART = { weight: 1, priority: 0 } as const;

/** What holds instead of the config's word, path by path. What is the same in other words is no change. */
export function changesOf(settings: Settings): Change[] {
  const { models = {} } = settings.overrides.value;
  const all = [
    ...houseChanges(settings),
    ...Object.keys(models).flatMap((name) => modelChanges(name, settings)),
  ];
  return all.map((said) => ({ file: valueAt(settings.loaded.written, said.path) ?? undefined, ...said }));
}

type Said = Omit<Change, 'file'>;

function houseChanges(settings: Settings): Said[] {
  const { config, overrides } = settings;
  const now = overrides.value.strategy;
  if (!now || isDeepStrictEqual(settings.checked(now), config.strategy)) return [];
  return [{ path: ['strategy'], standard: config.strategy, now }];
}

function modelChanges(name: string, settings: Settings): Said[] {
  const { config, overrides } = settings;
  const said = modelOverriding(overrides.value, name);
  const path = ['models', name];
  const configured = Object.hasOwn(config.models, name) ? config.models[name] : undefined;
  if (!configured) return [{ path, now: said }];
  const { strategy, targets = [] } = said;
  const picks =
    strategy && !isDeepStrictEqual(settings.checked(strategy), configured.strategy)
      ? [{ path: [...path, 'strategy'], standard: settings.strategy().strategy, now: strategy }]
      : [];
  const parts = configured.targets.flatMap((target, at) => {
    const other = targets.find((one) => isSame(one, target)) ?? target;
    return (['weight', 'priority'] as const)
      .filter((word) => other[word] !== undefined && other[word] !== target[word])
      .map((word) => ({
        path: [...path, 'targets', at, word],
        standard: PART[word],
        now: other[word],
      }));
  });
  return [...picks, ...parts];
}

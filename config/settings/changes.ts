import { isDeepStrictEqual } from 'node:util';
import { valueAt } from '../path.ts';
import { redactAt } from '../redact.ts';
import { entryEdits } from './amend.ts';
import { isSame, modelOverriding } from './overrides.ts';
import type { ConfigChange } from '../../core/contracts/index.ts';
import type { LoadedSettings } from './running.ts';

/** A target's defaults. */
const PART = { weight: 1, priority: 0 } as const;

/** Overrides of the config, path by path. An equal value in another form is no change. */
export function changesOf(settings: LoadedSettings): ConfigChange[] {
  const { schema, written } = settings.filed;
  const all = [...entryChanges(settings), ...adjustmentsOf(settings)];
  return all.map((said) => {
    const file = valueAt(written, said.path) ?? undefined;
    return { ...said, file: redactAt(file, said.path, schema) };
  });
}

type Said = Omit<ConfigChange, 'file'>;

/** Entries that were added, removed (null), or that have other members. */
function entryChanges({ overrides, filed }: LoadedSettings): Said[] {
  return entryEdits(overrides.value, filed.written).map(({ path, value }) => ({ path, now: value ?? null }));
}

/** Strategies, weights and priorities. */
export function adjustmentsOf(settings: LoadedSettings): Said[] {
  const { models = {} } = settings.overrides.value;
  return [
    ...gatewayChanges(settings),
    ...Object.keys(models).flatMap((name) => modelChanges(name, settings)),
  ];
}

function gatewayChanges(settings: LoadedSettings): Said[] {
  const { config, overrides } = settings;
  const now = overrides.value.strategy;
  if (!now || isDeepStrictEqual(settings.checked(now), config.strategy)) return [];
  return [{ path: ['strategy'], standard: config.strategy, now }];
}

function modelChanges(name: string, settings: LoadedSettings): Said[] {
  const { config, overrides } = settings;
  const { entry: _, members: __, ...said } = modelOverriding(overrides.value, name);
  const path = ['models', name];
  const configured = Object.hasOwn(config.models, name) ? config.models[name] : undefined;
  if (!configured) return Object.keys(said).length > 0 ? [{ path, now: said }] : [];
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

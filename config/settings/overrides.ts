/** Overrides of the config, in the config's own format; each function returns a changed copy. */
import type {
  EntryOverride,
  GatewayConfig,
  ModelOverride,
  Overrides,
  TargetConfig,
  Written,
} from '../../core/contracts/index.ts';

/** The parts of the config whose entries can be added, changed and removed. */
export const SECTIONS = ['providers', 'models'] as const;
export type Section = (typeof SECTIONS)[number];

type Members = Readonly<Record<string, unknown>>;

/** Without `model` it is the gateway's strategy; undefined takes it back. */
export function withStrategy(
  value: Overrides,
  strategy: Written | undefined,
  model: string | undefined,
): Overrides {
  if (model !== undefined) return withModel(value, model, { strategy });
  const { strategy: _, ...rest } = value;
  return strategy ? { strategy, ...rest } : rest;
}

/** None: the overrides of its targets are taken back. */
export function withTargets(value: Overrides, model: string, targets: readonly TargetConfig[]): Overrides {
  return withModel(value, model, { targets: targets.length > 0 ? targets : undefined });
}

/** A whole entry in the place of the config's; null removes it, undefined takes all changes of it back. */
export function withEntry(
  value: Overrides,
  section: Section,
  name: string,
  entry: EntryOverride['entry'],
): Overrides {
  return withOverride(value, section, name, entry === undefined ? undefined : { entry });
}

/** Other members of an entry; null takes one away. */
export function withMembers(value: Overrides, section: Section, name: string, members: Members): Overrides {
  const { entry, members: before, ...rest }: EntryOverride = overriding(value, section, name);
  const own = entry
    ? {
        entry: Object.fromEntries(Object.entries({ ...entry, ...members }).filter(([, one]) => one !== null)),
      }
    : { members: { ...before, ...members } };
  return withOverride(value, section, name, { ...rest, ...own });
}

/** What overrides an entry. */
export function overriding(value: Overrides, section: Section, name: string): EntryOverride {
  const all = value[section] ?? {};
  return Object.hasOwn(all, name) ? all[name]! : {};
}

function withOverride(
  value: Overrides,
  section: Section,
  name: string,
  override: EntryOverride | undefined,
): Overrides {
  const { [section]: all = {}, ...rest } = value;
  const others = Object.entries(all).filter(([other]) => other !== name);
  const next = override ? [...others, [name, override] as const] : others;
  return next.length > 0 ? { ...rest, [section]: Object.fromEntries(next) } : rest;
}

/** The overrides of one model. */
export function modelOverriding({ models = {} }: Overrides, name: string): ModelOverride {
  return Object.hasOwn(models, name) ? models[name]! : {};
}

/** The models of a config with their overrides; a model may exist in the overrides alone. */
export function mergedModels(models: GatewayConfig['models'], value: Overrides): GatewayConfig['models'] {
  const own = Object.entries(models).map(([name, model]) => {
    const { targets: said = [] } = modelOverriding(value, name);
    const targets = model.targets.map((target) => ({
      ...target,
      ...said.find((one) => isSame(one, target)),
    }));
    return [name, { ...model, targets }] as const;
  });
  const further = Object.entries(value.models ?? {}).flatMap(([name, { targets }]) =>
    targets && !Object.hasOwn(models, name) ? [[name, { targets }] as const] : [],
  );
  return Object.fromEntries([...own, ...further]);
}

/** Whether two entries of `targets` mean the same. */
export function isSame(one: TargetConfig, other: TargetConfig): boolean {
  return one.provider === other.provider && one.model === other.model;
}

/** Whether an entry overrides a weight or priority. */
export function saysPart({ weight, priority }: TargetConfig): boolean {
  return weight !== undefined || priority !== undefined;
}

function withModel(
  value: Overrides,
  name: string,
  change: { readonly [Word in keyof ModelOverride]: ModelOverride[Word] | undefined },
): Overrides {
  const { models = {}, ...rest } = value;
  const others = Object.entries(models).filter(([other]) => other !== name);
  const said = Object.entries({ ...modelOverriding(value, name), ...change }).filter(
    ([, word]) => word !== undefined,
  );
  const all = said.length > 0 ? [...others, [name, Object.fromEntries(said)] as const] : others;
  return all.length > 0 ? { ...rest, models: Object.fromEntries(all) } : rest;
}

/** What is said instead of the config's word, in the config's own words; each function gives a changed copy. */
import type { HouseConfig, ModelConfig } from './contracts.ts';

/** A strategy as it was written: its name and options. */
export type Written = { readonly use: string } & Readonly<Record<string, unknown>>;

export type TargetConfig = ModelConfig['targets'][number];

export interface Overriding {
  readonly strategy?: Written;
  readonly models?: Readonly<Record<string, ModelOverriding>>;
}

export interface ModelOverriding {
  readonly strategy?: Written;
  /**
   * All of its targets, with the weight and priority that are said of them: where the config has the model no more, it
   * goes on with these.
   */
  readonly targets?: readonly TargetConfig[];
}

/** Without `model` it is the house's strategy; undefined takes it back. */
export function withStrategy(
  value: Overriding,
  strategy: Written | undefined,
  model: string | undefined,
): Overriding {
  if (model !== undefined) return withModel(value, model, { strategy });
  const { strategy: _, ...rest } = value;
  return strategy ? { strategy, ...rest } : rest;
}

/** None: what was said of its targets is taken back. */
export function withTargets(value: Overriding, model: string, targets: readonly TargetConfig[]): Overriding {
  return withModel(value, model, { targets: targets.length > 0 ? targets : undefined });
}

/** What is said of one model. */
export function modelOverriding({ models = {} }: Overriding, name: string): ModelOverriding {
  return Object.hasOwn(models, name) ? models[name]! : {};
}

/** The models of a config as they are with what is said instead; a name that only that has is one too. */
export function mergedModels(models: HouseConfig['models'], value: Overriding): HouseConfig['models'] {
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

/** Whether a weight or priority is said in it. */
export function saysPart({ weight, priority }: TargetConfig): boolean {
  return weight !== undefined || priority !== undefined;
}

function withModel(
  value: Overriding,
  name: string,
  change: { readonly [Word in keyof ModelOverriding]: ModelOverriding[Word] | undefined },
): Overriding {
  const { models = {}, ...rest } = value;
  const others = Object.entries(models).filter(([other]) => other !== name);
  const said = Object.entries({ ...modelOverriding(value, name), ...change }).filter(
    ([, word]) => word !== undefined,
  );
  const all = said.length > 0 ? [...others, [name, Object.fromEntries(said)] as const] : others;
  return all.length > 0 ? { ...rest, models: Object.fromEntries(all) } : rest;
}

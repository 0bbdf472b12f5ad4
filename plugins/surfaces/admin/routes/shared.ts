import type { Gateway, Overrides, TargetConfig } from '../../../../core/contracts/index.ts';
import { GatewayError } from '../../../../core/errors.ts';
import { isSame, modelOverriding, saysPart } from '../../../../config/settings/overrides.ts';
import { loose } from '../../../../kits/feature-kit/index.ts';

/** A target in a request: null removes an override. */
interface Said {
  readonly provider: string;
  readonly model?: string;
  readonly weight?: number | null;
  readonly priority?: number | null;
}

/**
 * A model's targets with their values after a request's changes; none where nothing is overridden for a model of the
 * config. A model that the config lacks gets an entry with all targets known to have it now.
 * @throws GatewayError `invalid_request`
 */
export function shared(
  said: unknown,
  model: string,
  value: Overrides,
  gateway: Gateway,
): readonly TargetConfig[] {
  const { models } = gateway.settings.config;
  const before = modelOverriding(value, model).targets ?? [];
  const configured = Object.hasOwn(models, model) ? models[model]!.targets : undefined;
  const there = configured ?? (before.length > 0 ? before : knowing(model, gateway));
  const known = named(there, model, gateway);
  const asked = Map.groupBy(read(said, model, gateway), (one) => meant(one, known, model));
  const parts = there.map((entry) => {
    const { provider, model: own } = entry;
    let { weight, priority } = before.find((one) => isSame(one, entry)) ?? {};
    for (const one of asked.get(entry) ?? []) {
      if (one.weight !== undefined) weight = one.weight ?? undefined;
      if (one.priority !== undefined) priority = one.priority ?? undefined;
    }
    const part = {
      ...(weight === undefined ? {} : { weight }),
      ...(priority === undefined ? {} : { priority }),
    };
    return { provider, ...(own === undefined ? {} : { model: own }), ...part };
  });
  return configured && !parts.some(saysPart) ? [] : parts;
}

function knowing(model: string, { models }: Gateway): TargetConfig[] {
  return models.knowing(model).map((target) => ({ provider: target.provider.name, model: target.model }));
}

/** An entry under all its names; built once, because a request may name any number of targets. */
interface Known {
  readonly entry: TargetConfig;
  readonly id: string;
  readonly provider: string;
  /** the public name, where the config has no other, and the target's own */
  readonly models: readonly string[];
}

function named(there: readonly TargetConfig[], model: string, { models }: Gateway): readonly Known[] {
  return there.map((entry) => {
    const { id, model: own } = models.configured(model, entry);
    return { entry, id, provider: loose(entry.provider), models: [entry.model ?? model, own] };
  });
}

/** The entry that a request names: by its provider, and by its own model name where the provider has several. */
function meant(one: Said, known: readonly Known[], model: string): TargetConfig {
  const provider = loose(one.provider);
  const fits = known.filter(
    (other) => other.provider === provider && (one.model === undefined || other.models.includes(one.model)),
  );
  const [found] = fits;
  if (found && (fits.length === 1 || one.model !== undefined)) return found.entry;
  const ids = known.map(({ id }) => `'${id}'`).join(', ');
  const shown = `${one.provider}${one.model === undefined ? '' : `/${one.model}`}`.slice(0, 100);
  throw invalid(
    found
      ? `'${shown}' means several targets of the model '${model}': say which 'model'; there are: ${ids}`
      : `'${shown}' is no target of the model '${model}'; there are: ${ids}. A new one is a line in the config`,
  );
}

/** Checked like `targets` of the config, without the overrides to remove. */
function read(said: unknown, model: string, { settings }: Gateway): readonly Said[] {
  const entries: readonly unknown[] = Array.isArray(said) ? said : [];
  const withoutNull = Array.isArray(said) ? entries.map(withoutBack) : said;
  try {
    return settings.checkTargets(withoutNull, model).map((one, at) => ({ ...backIn(entries[at]), ...one }));
  } catch (error) {
    throw invalid((error as Error).message);
  }
}

const BACK = ['weight', 'priority'];

function withoutBack(entry: unknown): unknown {
  return isObject(entry) ? Object.fromEntries(Object.entries(entry).filter((one) => !isBack(one))) : entry;
}

function backIn(entry: unknown): object {
  return Object.fromEntries(Object.entries(entry as object).filter(isBack));
}

const isBack = ([word, value]: [string, unknown]): boolean => value === null && BACK.includes(word);

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function invalid(message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param: 'targets' });
}

import type { Gateway, Overrides, TargetConfig } from '../../../../core/contracts/index.ts';
import { GatewayError } from '../../../../core/errors.ts';
import { isSame, modelOverriding, saysPart } from '../../../../config/settings/overrides.ts';
import { loose } from '../../../../kits/feature-kit/index.ts';

/** A target as a request names it: null takes a word back. */
interface Said {
  readonly provider: string;
  readonly model?: string;
  readonly weight?: number | null;
  readonly priority?: number | null;
}

/**
 * A model's targets, with what is said of them once a request has had its say; none where nothing is said of a model
 * that the config has. A model that it has not gets an entry with all who know it now.
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

function knowing(model: string, { candidates }: Gateway): TargetConfig[] {
  return candidates.knowing(model).map((target) => ({ provider: target.provider.name, model: target.model }));
}

/** An entry with all that it may be called; looked up once, for a request may name as many as it likes. */
interface Known {
  readonly entry: TargetConfig;
  readonly id: string;
  readonly provider: string;
  /** the public name where the config says no other, and its own */
  readonly models: readonly string[];
}

function named(there: readonly TargetConfig[], model: string, { candidates }: Gateway): readonly Known[] {
  return there.map((entry) => {
    const { id, model: own } = candidates.configured(model, entry);
    return { entry, id, provider: loose(entry.provider), models: [entry.model ?? model, own] };
  });
}

/** The entry that a request means: by the provider's name, and its own name of the model where it has several. */
function meant(one: Said, known: readonly Known[], model: string): TargetConfig {
  const provider = loose(one.provider);
  const fits = known.filter(
    (other) => other.provider === provider && (one.model === undefined || other.models.includes(one.model)),
  );
  const [found] = fits;
  if (found && (fits.length === 1 || one.model !== undefined)) return found.entry;
  const ids = known.map(({ id }) => `'${id}'`).join(', ');
  const told = `${one.provider}${one.model === undefined ? '' : `/${one.model}`}`.slice(0, 100);
  throw invalid(
    found
      ? `'${told}' means several targets of the model '${model}': say which 'model'; there are: ${ids}`
      : `'${told}' is no target of the model '${model}'; there are: ${ids}. A new one is a line in the config`,
  );
}

/** By the rules of the config's own `targets`, once what is taken back is put aside. */
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

import type * as contract from '../contracts/index.ts';
import { claimsSurface, hasSurface, translationFor } from '../translation/adapt-call.ts';
import type {
  Formats,
  ModelConfig,
  Route,
  Settings,
  Target,
  Upstream,
  Upstreams,
} from '../contracts/index.ts';
import { listed, nearNames } from '../../wire/names.ts';
import { GatewayError } from '../errors.ts';
import { ANY } from '../upstreams/target.ts';

type Reachable = Pick<Route, 'targets' | 'native' | 'families'>;

/** Finds the targets that can answer for a model's name. */
export class Candidates implements contract.Candidates {
  readonly #upstreams: Upstreams;
  readonly #formats: Formats;
  readonly #settings: Settings;

  constructor(upstreams: Upstreams, formats: Formats, settings: Settings) {
    this.#upstreams = upstreams;
    this.#formats = formats;
    this.#settings = settings;
  }

  /**
   * The targets that have one API, and those with one that it can be translated to.
   * @param pin only this provider
   * @throws GatewayError `model_not_found`, `provider_not_found`, `surface_not_found`
   */
  through(surface: string, model: string, pin?: string): Reachable {
    const named = pin === undefined ? this.named(model) : this.#pinned(pin, model);
    const able = this.#able(named, surface);
    if (able.targets.length > 0) return able;
    throw named.length > 0 || model === '' ? noSurface(model, surface) : this.#noModel(model, pin);
  }

  /** The targets of the config, else those known to have the name, else those that may have it. */
  named(model: string): Target[] {
    const configured = this.#configured(model);
    if (configured.length > 0) return configured.map((one) => this.configured(model, one));
    const known = this.knowing(model);
    if (known.length > 0) return known;
    return this.#guessed(model, this.#upstreams.asked());
  }

  /** The targets known to have the name; a last resort only where no other provider has it. */
  knowing(model: string): Target[] {
    const among = (upstreams: readonly Upstream[]): Target[] =>
      upstreams.map((upstream) => upstream.knows(model)).filter((target) => target !== undefined);
    const known = among(this.#upstreams.asked());
    return known.length > 0 ? known : among(this.#upstreams.lastResort());
  }

  /** The target that an entry of `models.NAME.targets` means. */
  configured(
    model: string,
    { provider, model: own, weight, priority }: ModelConfig['targets'][number],
  ): Target {
    const upstream = this.#upstreams.named(provider);
    const target =
      own === undefined
        ? (upstream.knows(model) ?? upstream.target(model))
        : own === ANY
          ? upstream.asked(model)
          : upstream.target(upstream.provider.models?.[own] ?? own);
    return weight === undefined && priority === undefined ? target : target.as({ weight, priority });
  }

  /** The targets known to have a name: none is guessed. */
  having(model: string, pin?: string): Target[] {
    const only = pin === undefined ? undefined : this.#upstreams.named(pin);
    const configured = this.#configured(model).map((one) => this.configured(model, one));
    const known = configured.length > 0 ? configured : only ? [only.knows(model)] : this.knowing(model);
    return known.filter(
      (target) => target !== undefined && (!only || target.provider === only.provider),
    ) as Target[];
  }

  /**
   * Every public name with its provider: routes of the config first, then what providers are known to have.
   * @param pin only those of this provider
   */
  names(pin?: string): Map<string, string> {
    const only = pin === undefined ? undefined : this.#upstreams.named(pin);
    const names = new Map<string, string>();
    for (const [name, { targets }] of Object.entries(this.#settings.models)) {
      const owner = only
        ? targets.find(({ provider }) => this.#upstreams.get(provider) === only)?.provider
        : (targets[0]?.provider ?? 'switchyard');
      if (owner !== undefined) names.set(name, owner);
    }
    for (const upstream of only ? [only] : this.#upstreams.asked()) {
      for (const name of upstream.publicNames) if (!names.has(name)) names.set(name, upstream.provider.name);
    }
    return names;
  }

  /** A name that the config does not have may lead to providers that it does not name, and which are not there any more. */
  #configured(model: string): ModelConfig['targets'] {
    const { models } = this.#settings.config;
    const { targets } = this.#settings.model(model) ?? { targets: [] };
    return Object.hasOwn(models, model)
      ? targets
      : targets.filter(({ provider }) => this.#upstreams.has(provider));
  }

  /** That provider's targets of the config, else its own model of that name, else what it takes for unknown names. */
  #pinned(pin: string, model: string): Target[] {
    const upstream = this.#upstreams.named(pin);
    const configured = this.#configured(model).filter(
      ({ provider }) => this.#upstreams.get(provider) === upstream,
    );
    if (configured.length > 0) return configured.map((one) => this.configured(model, one));
    const known = upstream.knows(model);
    return known ? [known] : this.#guessed(model, [upstream], upstream.provider.lastResort);
  }

  /** Targets that may have a name. A provider known not to have it answers with another model only where that is wanted and no other may have it. */
  #guessed(model: string, upstreams: readonly Upstream[], swaps = false): Target[] {
    const open = upstreams.filter(({ isOpen }) => isOpen);
    const guessed =
      model === ''
        ? upstreams.map((upstream) => upstream.unnamed())
        : open.length > 0
          ? open.map((upstream) => upstream.asked(model))
          : upstreams
              .filter((upstream) => swaps || this.#swaps(upstream))
              .map((upstream) => upstream.standIn(model));
    return guessed.filter((target) => target !== undefined);
  }

  /** Unknown names are refused once the operator has named a provider, but for a default model that is meant to answer them. */
  #swaps({ provider }: Upstream): boolean {
    const { unknownModels } = this.#settings.config;
    if (unknownModels !== undefined) return unknownModels === 'route';
    return provider.swapsModels === true || !this.#isAnyChosen;
  }

  get #isAnyChosen(): boolean {
    return [...this.#upstreams.values()].some(
      ({ isConfigured: isChosen, provider }) => isChosen && !provider.lastResort,
    );
  }

  /**
   * The targets with that API, and those with one that it can be translated to; where there is none, those that were seen
   * to lack it, as their refusal explains best what is wrong.
   */
  #able(named: readonly Target[], surface: string): Reachable {
    const formats = this.#formats;
    const spoken = new Map<Target, string>();
    for (const target of named) {
      const api = hasSurface(target, surface, formats)
        ? surface
        : translationFor(target, surface, formats)?.to;
      if (api !== undefined) spoken.set(target, api);
    }
    const targets = [...spoken.keys()];
    if (targets.length === 0)
      return { targets: named.filter((target) => claimsSurface(target, surface, formats)) };
    const native = targets.filter((target) => spoken.get(target) === surface);
    const isMixed = native.length > 0 && native.length < targets.length;
    return { targets, ...(isMixed && { native }), families: this.#families(spoken) };
  }

  /** undefined: no vendor's signatures set some of them apart. */
  #families(spoken: ReadonlyMap<Target, string>): Reachable['families'] {
    const families = [...new Set(spoken.values())].flatMap((api) => {
      const signature = this.#formats.dialects.get(api)?.signature;
      const targets = [...spoken.keys()].filter((target) => spoken.get(target) === api);
      if (signature === undefined || targets.length === spoken.size) return [];
      return [signature, asBase64(signature)].map((form) => ({ signature: form, targets }));
    });
    return families.length > 0 ? families : undefined;
  }

  #noModel(model: string, pin: string | undefined): GatewayError {
    const upstream = pin === undefined ? undefined : this.#upstreams.named(pin);
    const names = [...(upstream?.publicNames ?? this.names().keys())];
    const near = nearNames(model, names);
    const meant = near.length === 0 ? '' : `; the nearest: ${listed(near)}`;
    const some = names.slice(0, 20).join(', ') || 'none';
    const what = upstream
      ? `${upstream.provider.name} has no model '${model}'`
      : `the model '${model}' does not exist here`;
    return new GatewayError(
      'model_not_found',
      `${what}${meant}; there are: ${some}${names.length > 20 ? ', …' : ''}`,
      { param: 'model' },
    );
  }
}

function noSurface(model: string, surface: string): GatewayError {
  return new GatewayError(
    'surface_not_found',
    `no provider offers '${surface}'${model === '' ? '' : ` for the model '${model}'`}; add one whose 'surfaces' has it`,
    { param: 'model' },
  );
}

/** What base64 of a text begins with, where the text begins with this: so it stands in an API that has one opaque signature. */
const asBase64 = (text: string): string =>
  Buffer.from(text.slice(0, text.length - (text.length % 3))).toString('base64');

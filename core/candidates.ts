import type { Berth } from './berth.ts';
import type { Berths } from './berths.ts';
import { claimsSurface, hasSurface, translationFor, type Wires } from './call.ts';
import type { ModelConfig, Target } from './contracts.ts';
import { listed, nearNames } from './config/names.ts';
import { GatewayError } from './errors.ts';
import type { Settings } from './settings.ts';
import { ANY } from './target.ts';

/** Who can answer for a model's name. */
export class Candidates {
  readonly #berths: Berths;
  readonly #wires: Wires;
  readonly #settings: Settings;

  constructor(berths: Berths, wires: Wires, settings: Settings) {
    this.#berths = berths;
    this.#wires = wires;
    this.#settings = settings;
  }

  /**
   * Those who have one API, or one that it can be translated to.
   * @param pin only this provider
   * @throws GatewayError `model_not_found`, `provider_not_found`, `surface_not_found`
   */
  through(surface: string, model: string, pin?: string): readonly Target[] {
    const named = pin === undefined ? this.named(model) : this.#pinned(pin, model);
    const targets = this.#able(named, surface);
    if (targets.length > 0) return targets;
    throw named.length > 0 || model === '' ? noSurface(model, surface) : this.#noModel(model, pin);
  }

  /** By the config's word, else by who is known to have that name, else by whoever may have it. */
  named(model: string): Target[] {
    const configured = this.#configured(model);
    if (configured.length > 0) return configured.map((one) => this.configured(model, one));
    const known = this.knowing(model);
    if (known.length > 0) return known;
    return this.#guessed(model, this.#berths.asked());
  }

  /** Who is known to have that name; a last resort only where it is nobody else's. */
  knowing(model: string): Target[] {
    const among = (berths: readonly Berth[]): Target[] =>
      berths.map((berth) => berth.knows(model)).filter((target) => target !== undefined);
    const known = among(this.#berths.asked());
    return known.length > 0 ? known : among(this.#berths.lastResort());
  }

  /** The target that an entry of `models.NAME.targets` means. */
  configured(
    model: string,
    { provider, model: own, weight, priority }: ModelConfig['targets'][number],
  ): Target {
    const berth = this.#berths.named(provider);
    const target =
      own === undefined
        ? (berth.knows(model) ?? berth.target(model))
        : own === ANY
          ? berth.asked(model)
          : berth.target(berth.provider.models?.[own] ?? own);
    return weight === undefined && priority === undefined ? target : target.as({ weight, priority });
  }

  /** The targets that are known to have a name: nobody is guessed. */
  having(model: string, pin?: string): Target[] {
    const only = pin === undefined ? undefined : this.#berths.named(pin);
    const configured = this.#configured(model).map((one) => this.configured(model, one));
    const known = configured.length > 0 ? configured : only ? [only.knows(model)] : this.knowing(model);
    return known.filter(
      (target) => target !== undefined && (!only || target.provider === only.provider),
    ) as Target[];
  }

  /**
   * Every public name with who owns it: routes of the config first, then what providers are known to have.
   * @param pin only those of this provider
   */
  names(pin?: string): Map<string, string> {
    const only = pin === undefined ? undefined : this.#berths.named(pin);
    const names = new Map<string, string>();
    for (const [name, { targets }] of Object.entries(this.#settings.models)) {
      const owner = only
        ? targets.find(({ provider }) => this.#berths.get(provider) === only)?.provider
        : (targets[0]?.provider ?? 'switchyard');
      if (owner !== undefined) names.set(name, owner);
    }
    for (const berth of only ? [only] : this.#berths.asked()) {
      for (const name of berth.publicNames) if (!names.has(name)) names.set(name, berth.provider.name);
    }
    return names;
  }

  /** A name that the config does not have may lead to providers that it does not name, and which are not there any more. */
  #configured(model: string): ModelConfig['targets'] {
    const { models } = this.#settings.config;
    const { targets } = this.#settings.model(model) ?? { targets: [] };
    return Object.hasOwn(models, model)
      ? targets
      : targets.filter(({ provider }) => this.#berths.has(provider));
  }

  /** What the config calls so at that provider, else what that has itself, or takes for names that it does not know. */
  #pinned(pin: string, model: string): Target[] {
    const berth = this.#berths.named(pin);
    const configured = this.#configured(model).filter(({ provider }) => this.#berths.get(provider) === berth);
    if (configured.length > 0) return configured.map((one) => this.configured(model, one));
    const known = berth.knows(model);
    return known ? [known] : this.#guessed(model, [berth], berth.provider.lastResort);
  }

  /** Who may have a name; who is known not to answers with another model only where that is asked for and nobody else may. */
  #guessed(model: string, berths: readonly Berth[], swaps = false): Target[] {
    const open = berths.filter(({ isOpen }) => isOpen);
    const guessed =
      model === ''
        ? berths.map((berth) => berth.unnamed())
        : open.length > 0
          ? open.map((berth) => berth.asked(model))
          : berths.filter((berth) => swaps || this.#swaps(berth)).map((berth) => berth.standIn(model));
    return guessed.filter((target) => target !== undefined);
  }

  /** Names that nobody has go nowhere once somebody is chosen, but for a default model that is asked for itself. */
  #swaps({ provider }: Berth): boolean {
    const { unknownModels } = this.#settings.config;
    if (unknownModels !== undefined) return unknownModels === 'route';
    return provider.swapsModels === true || !this.#isAnyChosen;
  }

  get #isAnyChosen(): boolean {
    return [...this.#berths.values()].some(({ isChosen, provider }) => isChosen && !provider.lastResort);
  }

  /**
   * Who has that API; when nobody has, who has one that it can be translated to; else who was seen to lack it, for that one
   * says best what is wrong.
   */
  #able(targets: readonly Target[], surface: string): Target[] {
    const native = targets.filter((target) => hasSurface(target, surface));
    if (native.length > 0) return native;
    const translated = targets.filter((target) => translationFor(target, surface, this.#wires));
    return translated.length > 0 ? translated : targets.filter((target) => claimsSurface(target, surface));
  }

  #noModel(model: string, pin: string | undefined): GatewayError {
    const berth = pin === undefined ? undefined : this.#berths.named(pin);
    const names = [...(berth?.publicNames ?? this.names().keys())];
    const near = nearNames(model, names);
    const meant = near.length === 0 ? '' : `; the nearest: ${listed(near)}`;
    const some = names.slice(0, 20).join(', ') || 'none';
    const what = berth
      ? `${berth.provider.name} has no model '${model}'`
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
    `no provider offers ${surface}${model === '' ? '' : ` for the model '${model}'`}; add one whose 'surfaces' has it`,
    { param: 'model' },
  );
}

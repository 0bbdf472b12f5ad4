import { channel } from 'node:diagnostics_channel';
import type { Catalogue } from './catalogue.ts';
import { checkOptions, type Loaded } from './config/check.ts';
import { targetsSchema } from './config/house-schema.ts';
import { valueAt } from './config/path.ts';
import type { HouseConfig, ModelConfig, Plugin } from './contracts.ts';
import { Overrides } from './overrides.ts';
import { mergedModels, modelOverriding, type TargetConfig, type Written } from './overriding.ts';

/** `{ changes, house }` after what overrides the config has changed, or the config itself: how much it overrides now. */
export const configChannel = channel('switchyard:config');

/** A strategy with all its options, and whose word it is. */
export interface StrategyInForce {
  readonly strategy: HouseConfig['strategy'];
  readonly from: 'file' | 'override' | 'default';
}

/** What a running gateway takes from a config that is read anew. */
export const LIVE = ['strategy', 'models', 'timeouts', 'retry', 'hedge', 'unknownModels'] as const;

/** What holds: the config's word, or what was said instead of it since. */
export class Settings {
  readonly overrides: Overrides;
  readonly catalogue: Catalogue;
  /** what the gateway has started with */
  readonly begun: Loaded;
  #loaded: Loaded;
  #merged: { readonly of: readonly unknown[]; readonly models: HouseConfig['models'] } | undefined;

  constructor(loaded: Loaded, catalogue: Catalogue) {
    this.begun = loaded;
    this.#loaded = loaded;
    this.catalogue = catalogue;
    this.overrides = new Overrides(loaded.config.home);
  }

  /** the config's own word */
  get config(): HouseConfig {
    return this.#loaded.config;
  }

  get loaded(): Loaded {
    return this.#loaded;
  }

  /** The models that have an entry, as they are in force; `strategy` in them is the config's word. */
  get models(): HouseConfig['models'] {
    const of = [this.config.models, this.overrides.value];
    if (this.#merged?.of.every((one, at) => one === of[at])) return this.#merged.models;
    const models = mergedModels(this.config.models, this.overrides.value);
    this.#merged = { of, models };
    return models;
  }

  model(name: string): ModelConfig | undefined {
    return Object.hasOwn(this.models, name) ? this.models[name] : undefined;
  }

  /** The nearest word counts: the model's before the house's, and of either what was said last. */
  strategy(model?: string): StrategyInForce {
    const { strategy: house } = this.overrides.value;
    const own = model === undefined ? undefined : modelOverriding(this.overrides.value, model).strategy;
    const configured = model === undefined ? undefined : this.model(model)?.strategy;
    const written = own ?? (configured ? undefined : house);
    if (written) return { strategy: this.checked(written), from: 'override' };
    if (configured) return { strategy: configured, from: 'file' };
    const said = valueAt(this.#loaded.written, ['strategy', 'use']) !== undefined;
    return { strategy: this.config.strategy, from: said ? 'file' : 'default' };
  }

  /**
   * A strategy that was not written in the config: what comes by a request may not read the environment.
   * @throws GatewayError `config_invalid`
   */
  checked({ use, ...value }: Written): HouseConfig['strategy'] {
    const plugin = this.#loaded.strategyPlugin(use) as Plugin;
    return { use, ...this.#conforming(plugin, value, 'strategy') };
  }

  /**
   * The targets of one model that were not written in the config.
   * @throws GatewayError `config_invalid`
   */
  checkTargets(targets: unknown, model: string): readonly TargetConfig[] {
    const form = { name: model, options: targetsSchema };
    return this.#conforming(form, { targets }, 'route').targets as readonly TargetConfig[];
  }

  #conforming(form: Pick<Plugin, 'name' | 'options'>, value: unknown, what: string): Record<string, unknown> {
    return checkOptions(form, { value, env: {}, folder: this.#loaded.folder, what });
  }

  /** Another reading of the config: what can change while the gateway runs holds from now on. */
  adopt(next: Loaded): void {
    const live = Object.fromEntries(LIVE.map((word) => [word, next.config[word]]));
    this.#loaded = { ...next, config: { ...this.config, ...live } };
  }
}

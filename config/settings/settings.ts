import type { PluginRegistry } from '../plugins/registry.ts';
import { checkOptions, type Loaded } from '../check.ts';
import { targetsSchema } from '../../core/contracts/model-schema.ts';
import { valueAt } from '../path.ts';
import type {
  ConfigChange,
  FileProblem,
  GatewayConfig,
  ModelConfig,
  Overrides,
  Plugin,
  Reloaded,
  Schema,
  StrategyInForce,
  TargetConfig,
  TriedProvider,
  Written,
} from '../../core/contracts/index.ts';
import { standardStrategy } from '../choose-plugins.ts';
import { changeOverrides, tryProvider } from './change-overrides.ts';
import { changesOf } from './changes.ts';
import { OverrideFile } from './override-file.ts';
import type { ConfigSnapshot } from '../read.ts';
import { reload } from './reload.ts';
import { inForce, type LoadedSettings, type Running } from './running.ts';
import { saveOverrides } from './save-overrides.ts';
import { partsOf } from './fleet/own-part.ts';
import { tagOf } from './tag-of.ts';
import { mergedModels, modelOverriding } from './overrides.ts';

type Change = (value: Overrides) => Overrides | Promise<Overrides>;

/** Overrides that other gateways have, too. */
interface SharedSettings {
  change(change: Change): Promise<void>;
}

/** What is in force: the config with its overrides. */
export class Settings implements LoadedSettings {
  readonly overrides: OverrideFile;
  readonly registry: PluginRegistry;
  /** what the gateway has started with */
  readonly begun: Loaded;
  fileProblem: FileProblem | undefined;
  filed: Loaded;
  #loaded: Loaded;
  #running: Running | undefined;
  #shared: SharedSettings | undefined;
  #merged: { readonly of: readonly unknown[]; readonly models: GatewayConfig['models'] } | undefined;

  constructor(loaded: Loaded, registry: PluginRegistry) {
    this.begun = loaded;
    this.filed = loaded;
    this.#loaded = loaded;
    this.registry = registry;
    this.overrides = new OverrideFile(loaded.config.home);
  }

  /** the config's own value */
  get config(): GatewayConfig {
    return this.#loaded.config;
  }

  get loaded(): Loaded {
    return this.#loaded;
  }

  get schema(): Schema {
    return this.#loaded.schema;
  }

  get file(): string | undefined {
    return this.#loaded.kept?.file;
  }

  get standardStrategy(): string {
    return standardStrategy(this.registry) as string;
  }

  get changes(): ConfigChange[] {
    return changesOf(this);
  }

  /** The gateway that runs with these settings; it is notified of each change. */
  serve(running: Running): void {
    this.#running = running;
  }

  tag(value: Overrides = this.overrides.value): string {
    const { registry, filed, isShared } = this;
    // Local programs are each gateway's own.
    return tagOf(isShared ? partsOf(value, { registry, written: filed.written }).fleet : value);
  }

  override(change: Change): Promise<void> {
    return this.#shared ? this.#shared.change(change) : changeOverrides(this, this.#mustRun(), change);
  }

  /** From now on changes are made at all gateways at once. */
  share(shared: SharedSettings): void {
    this.#shared = shared;
  }

  get isShared(): boolean {
    return this.#shared !== undefined;
  }

  /** @see Host.tryProvider */
  try(change: (value: Overrides) => Overrides, name: string): Promise<TriedProvider> {
    return tryProvider(this, this.#mustRun(), change, name);
  }

  async save(): Promise<{ readonly file: string | null; readonly changes: readonly ConfigChange[] }> {
    return saveOverrides(this, this.#mustRun().gateway);
  }

  async reload(): Promise<Reloaded> {
    try {
      const reloaded = await reload(this, this.#mustRun());
      this.fileProblem = undefined;
      return reloaded;
    } catch (error) {
      const { message } = error as Error;
      this.fileProblem = { message, sinceEpochMs: Date.now() };
      throw error;
    }
  }

  /** Another thread has put these overrides, and that config, in force. */
  async follow(overrides: Overrides, snapshot: ConfigSnapshot | undefined): Promise<void> {
    await this.overrides.take(overrides);
    await reload(this, this.#mustRun(), snapshot);
  }

  get replacesFeatures(): boolean {
    return this.#running?.features !== undefined;
  }

  #mustRun(): Running {
    if (!this.#running) throw new Error('no gateway runs with these settings yet');
    return this.#running;
  }

  /** The models that have an entry, as in force; `strategy` in them is the config's value. */
  get models(): GatewayConfig['models'] {
    const of = [this.config.models, this.overrides.value];
    if (this.#merged?.of.every((one, at) => one === of[at])) return this.#merged.models;
    const models = mergedModels(this.config.models, this.overrides.value);
    this.#merged = { of, models };
    return models;
  }

  model(name: string): ModelConfig | undefined {
    return Object.hasOwn(this.models, name) ? this.models[name] : undefined;
  }

  /** Precedence: the model's strategy before the gateway's, and in each an override before the config. */
  strategy(model?: string): StrategyInForce {
    const { strategy: gateway } = this.overrides.value;
    const own = model === undefined ? undefined : modelOverriding(this.overrides.value, model).strategy;
    const configured = model === undefined ? undefined : this.model(model)?.strategy;
    const written = own ?? (configured ? undefined : gateway);
    if (written) return { strategy: this.checked(written), from: 'override' };
    if (configured) return { strategy: configured, from: 'file' };
    const said = valueAt(this.#loaded.written, ['strategy', 'use']) !== undefined;
    return { strategy: this.config.strategy, from: said ? 'file' : 'default' };
  }

  /**
   * A strategy that is not from the config: a value from a request may not read the environment.
   * @throws GatewayError `config_invalid`
   */
  checked({ use, ...value }: Written): GatewayConfig['strategy'] {
    const plugin = this.#loaded.strategyPlugin(use) as Plugin;
    return { use, ...this.#conforming(plugin, value, 'strategy') };
  }

  /**
   * The targets of one model that are not from the config.
   * @throws GatewayError `config_invalid`
   */
  checkTargets(targets: unknown, model: string): readonly TargetConfig[] {
    const form = { name: model, options: targetsSchema };
    return this.#conforming(form, { targets }, 'route').targets as readonly TargetConfig[];
  }

  #conforming(form: Pick<Plugin, 'name' | 'options'>, value: unknown, what: string): Record<string, unknown> {
    return checkOptions(form, { value, env: {}, folder: this.#loaded.folder, what });
  }

  /** Replaces the config: what can change while the gateway runs applies from now on. */
  adopt(filed: Loaded, amended: Loaded = filed): void {
    this.filed = filed;
    this.#loaded = { ...amended, config: inForce(this.config, amended, this) };
  }
}

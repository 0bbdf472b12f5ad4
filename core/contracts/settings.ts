/** What is in force: the config as it came out of the check, each part as its schema has it, and what was put in its place since. */
import type { anyProvider, anyStrategy, gateway } from './config-schema.ts';
import type { modelSchema } from './model-schema.ts';
import type { OptionsOf, Schema } from './schema.ts';

/** The part of the config that the gateway itself reads; plugins get theirs as options. */
export interface GatewayConfig extends OptionsOf<{
  readonly type: 'object';
  readonly properties: typeof gateway;
}> {
  readonly timeouts: NonNullable<ModelConfig['timeouts']>;
  readonly strategy: OptionsOf<typeof anyStrategy>;
  readonly providers: Readonly<Record<string, ProviderConfig>>;
  readonly models: Readonly<Record<string, ModelConfig>>;
  /** folder that programs are fetched into; the check knows one where none is named */
  readonly apis: string;
  /** options of toolchains, by the toolchain's name */
  readonly toolchains: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** options of transports, by the transport's name */
  readonly transports: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** options of features, by the feature's name; the check puts their sections here */
  readonly features: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export type RetryConfig = GatewayConfig['retry'];

export type HedgeConfig = Omit<GatewayConfig['hedge'], 'enabled'>;

export type ProviderConfig = OptionsOf<typeof anyProvider>;

export type ModelConfig = OptionsOf<ReturnType<typeof modelSchema<typeof anyStrategy>>>;

/** A strategy as it was written: its name and options. */
export type Written = { readonly use: string } & Readonly<Record<string, unknown>>;

export type TargetConfig = ModelConfig['targets'][number];

/** What holds instead of the config's word, in the config's own words. */
export interface Overrides {
  readonly strategy?: Written;
  readonly providers?: Readonly<Record<string, EntryOverride>>;
  readonly models?: Readonly<Record<string, ModelOverride>>;
}

/** An entry of the config that was added or removed, or that has other members, each as the file would have it. */
export interface EntryOverride {
  /** all of it, in the place of the file's; null: it is removed */
  readonly entry?: Readonly<Record<string, unknown>> | null;
  /** those that differ from the file's; null: it has none */
  readonly members?: Readonly<Record<string, unknown>>;
}

export interface ModelOverride extends EntryOverride {
  readonly strategy?: Written;
  /** all of its targets, with the weight and priority that were set: they stay where the config has the model no more */
  readonly targets?: readonly TargetConfig[];
}

/** A strategy with all its options, and where it comes from. */
export interface StrategyInForce {
  readonly strategy: GatewayConfig['strategy'];
  readonly from: 'file' | 'override' | 'default';
}

/** Something that holds instead of the config's word. */
export interface ConfigChange {
  readonly path: readonly (string | number)[];
  /** as it stands in the config; undefined: nothing does */
  readonly file: unknown;
  /** what would hold where nothing stands; undefined: that depends on which providers there are */
  readonly standard?: unknown;
  /** as it was set */
  readonly now: unknown;
}

export interface ProviderChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

export interface Reloaded {
  readonly file: string;
  /** sections that hold from now on as they are in the file */
  readonly changed: readonly string[];
  /** sections that differ from the gateway's start, and wait for the next one */
  readonly restart: readonly string[];
  /** names of providers that came, that have other settings now, and that went */
  readonly providers: ProviderChanges;
  /** whether all of the file holds now; `partial`: some of what changed does, some waits for a restart */
  readonly success: boolean | 'partial';
}

export interface FileProblem {
  readonly message: string;
  /** ms since 1970 */
  readonly sinceEpochMs: number;
}

export interface Settings {
  /** the config's own word */
  readonly config: GatewayConfig;
  /** describes `config`, secrets marked: what `redact` needs to show it */
  readonly schema: Schema;
  /** where the config is kept, whether it is there yet or not; undefined: a program gave it */
  readonly file: string | undefined;
  /** strategy that picks where the config names none, and where the configured one fails */
  readonly standardStrategy: string;
  readonly overrides: { readonly value: Overrides };
  /** what holds instead of the config's word, path by path */
  readonly changes: readonly ConfigChange[];
  /** models that have an entry, as they are in force; `strategy` in them is the config's word */
  readonly models: GatewayConfig['models'];
  model(name: string): ModelConfig | undefined;
  /** Precedence: the model's before the gateway's, and of either the override before the config. */
  strategy(model?: string): StrategyInForce;
  /** A strategy that comes by a request, which may not read the environment. @throws GatewayError `config_invalid` */
  checked(strategy: Written): GatewayConfig['strategy'];
  /** The targets of one model that were not written in the config. @throws GatewayError `config_invalid` */
  checkTargets(targets: unknown, model: string): readonly TargetConfig[];
  /** Names what overrides the config, as all gateways do that share it: another value has another one. */
  tag(value?: Overrides): string;
  /** Puts something in the place of the config's word, from the next request on and over restarts. */
  override(change: (value: Overrides) => Overrides | Promise<Overrides>): Promise<void>;
  /**
   * Writes what overrides the config into its file, after which nothing is an override any more.
   * @throws GatewayError `config_not_saved` with the remedy
   */
  save(): Promise<{ readonly file: string | null; readonly changes: readonly ConfigChange[] }>;
  /**
   * Reads the config again and takes of it what can change while the gateway runs; of a config that is wrong, nothing.
   * @throws GatewayError `config_not_reloaded` with every mistake
   */
  reload(): Promise<Reloaded>;
  /** why the config file, as it is now, is not in force; undefined: it is, or was not read since */
  readonly fileProblem: FileProblem | undefined;
}

/** The config as it came out of the check: each part as its schema has it. */
import type { anyProvider, anyStrategy, gateway, modelSchema } from './config-schema.ts';
import type { OptionsOf } from './schema.ts';

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

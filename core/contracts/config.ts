/** The config as it came out of the check. */
import type { Timeouts } from '../contracts.ts';

/** The part of the config that the house itself reads; plugins get theirs as options. */
export interface HouseConfig {
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly apiKeys: readonly string[];
    readonly adminKeys: readonly string[];
    /** bytes */
    readonly bodyLimit: number;
    /** bytes of all bodies together */
    readonly bodyMemory: number;
    /** ms that nothing may come of a body */
    readonly bodyIdle: number;
    readonly origins: readonly string[];
    readonly hosts: readonly string[];
    /** ms for running answers when the gateway stops */
    readonly drain: number;
  };
  readonly strategy: { readonly use: string } & Record<string, unknown>;
  readonly timeouts: Partial<Timeouts>;
  readonly retry: RetryConfig;
  readonly hedge: HedgeConfig & { readonly enabled: boolean };
  /** who carries requests to upstreams: `auto`, our own client where it can */
  readonly transport: 'auto' | 'undici';
  readonly limits: { readonly event: number; readonly answer: number };
  readonly providers: Readonly<Record<string, ProviderConfig>>;
  readonly models: Readonly<Record<string, ModelConfig>>;
  /** undefined: `reject` as soon as the config or a key names a provider, `route` until then */
  readonly unknownModels?: 'route' | 'reject';
  readonly discover: boolean;
  /** folder for what the yard writes, and makes of programs that it fetched */
  readonly home: string;
  /** folder that programs are fetched into */
  readonly apis: string;
  readonly plugins: readonly string[];
  /** options of toolchains, by the toolchain's name */
  readonly toolchains: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** options of features, by the feature's name */
  readonly features: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface RetryConfig {
  /** most attempts for one request; undefined: six, or one for each of its targets */
  readonly attempts: number | undefined;
  /** share of live requests that may be tried again */
  readonly budget: number;
  /** how often the one target of a route is asked again after a pause */
  readonly again: number;
  /** longest Retry-After, in ms, that is waited for where nobody else can answer */
  readonly wait: number;
}

export interface HedgeConfig {
  /** share of live requests that may be asked of a second target */
  readonly share: number;
  /** it is asked after so much of the latest answers had come: 0.95, the slowest one in twenty */
  readonly quantile: number;
  /** so many answers must be known before that says anything */
  readonly minimum: number;
}

export interface ProviderConfig {
  readonly use?: string;
  readonly enabled?: boolean;
  readonly [option: string]: unknown;
}

export interface ModelConfig {
  readonly strategy?: { readonly use: string } & Record<string, unknown>;
  readonly timeouts?: Partial<Timeouts>;
  /** names of models that answer when nobody here can */
  readonly fallbacks?: readonly string[];
  /** names of models that answer when a request is too long for this one */
  readonly contextFallbacks?: readonly string[];
  readonly targets: readonly {
    readonly provider: string;
    readonly model?: string;
    readonly weight?: number;
    readonly priority?: number;
  }[];
}

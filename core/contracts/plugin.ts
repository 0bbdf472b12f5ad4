import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { UpstreamRequest } from './call.ts';
import type { GatewayConfig, Overrides } from './settings.ts';
import type { Gateway } from './gateway.ts';
import type { KnownSource, Toolchain } from './process.ts';
import type { Provider } from './provider.ts';
import type { ProcessChange, ProcessStep } from './managed-process.ts';
import type { Context, Sink, Strategy } from './request.ts';
import type { Attempt } from './trace.ts';
import type { CountingTransport, OutboundProxies, OutboundProxy } from './transport.ts';
import type { Upstream } from './upstream.ts';

/** What the gateway gives to a plugin. */
export interface Host {
  /** the gateway's own Fastify instance: routes and hooks of features and surfaces go here */
  readonly app: FastifyInstance;
  readonly log: FastifyBaseLogger;
  readonly gateway: Gateway;
  /** what happens in the gateway; subscriptions end with the plugin */
  readonly events: GatewayEvents;
  readonly config: GatewayConfig;
  /** environment variables, `.env` included */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Chance and time are injected, so that tests are exact. */
  readonly random: () => number;
  /** ms on a monotonic clock, for durations */
  readonly now: () => number;
  /** ms since 1970, for dates that people see */
  readonly date: () => number;
  /** what makes programs runnable, by name; all of them are there before the first feature is made */
  readonly toolchains: ReadonlyMap<string, Toolchain>;
  /** the provider plugins there are, used or not */
  readonly providerPlugins: readonly ProviderPlugin[];
  /** Makes a provider as a change would make it, beside those in use. The caller closes it. */
  readonly tryProvider: (change: (value: Overrides) => Overrides, name: string) => Promise<TriedProvider>;
  /** the strategies there are */
  readonly strategies: readonly StrategyPlugin[];
  /**
   * Makes a strategy, for one that picks with another's help.
   * @throws GatewayError `config_invalid` when there is none of that name, or its options are wrong
   */
  readonly strategy: (use: string, options: Readonly<Record<string, unknown>>) => Strategy;
}

export interface TriedProvider {
  readonly upstream: Upstream;
  readonly close: () => void;
}

/** What every plugin file exports: a name (its file's), a JSON Schema of its options, and how it is made. */
export interface Plugin<Options = Record<string, unknown>, Made = unknown, Given = Host> {
  readonly name: string;
  readonly options: object;
  readonly create: (options: Options, host: Given) => Made;
}

export interface ProviderPlugin<Options = Record<string, unknown>> extends Plugin<Options & Named, Provider> {
  /** What makes it a provider without a config line. */
  readonly detect?: Detect;
  /** Used when there is no other provider. */
  readonly lastResort?: boolean;
  /** Listed without a config line; used only when the config or a route names it, or an operator starts it. */
  readonly dormant?: boolean;
  /** further names that it is found by */
  readonly aliases?: readonly string[];
  /** where its program comes from, of one that others wrote: apis/sources.json lists them */
  readonly source?: KnownSource;
}

export interface Named {
  /** the provider's name in the config */
  readonly name: string;
}

export type Detect =
  /** the environment variables that may hold its key */
  | { readonly env: string | readonly string[] }
  /** a server on loopback that answers this path with 200 and JSON holding one of these words */
  | { readonly port: number; readonly path: string; readonly holds: readonly string[] };

/** A strategy is told of attempts by `learn`. */
export type StrategyHost = Omit<Host, 'events'>;

export interface StrategyPlugin<Options = Record<string, unknown>> extends Plugin<
  Options,
  Strategy,
  StrategyHost
> {
  /** Taken where the config names none. */
  readonly standard?: boolean;
}

/** What a transport gets: it is made before the gateway is. */
export interface TransportHost extends Pick<Host, 'log' | 'env' | 'random' | 'now' | 'date'> {
  readonly proxies: OutboundProxies;
}

export interface TransportPlugin<Options = Record<string, unknown>> extends Plugin<
  Options,
  CountingTransport,
  TransportHost
> {
  /**
   * Whether it can carry requests to an origin, such as `https://api.example.com`, through the proxy that the environment
   * names for it. Without it, it carries all requests, but only where the config names it.
   */
  readonly takes?: (origin: string, proxy: OutboundProxy | undefined) => boolean;
  /** It is asked last, for what no other transport takes. */
  readonly standard?: boolean;
}

export type ToolchainPlugin<Options = Record<string, unknown>> = Plugin<Options, Toolchain>;

export interface FeaturePlugin<Options = Record<string, unknown>> extends Plugin<
  Options,
  Promise<Feature | void> | Feature | void
> {
  /** names of features whose hooks must run before its own */
  readonly after?: readonly string[];
  /** It takes its options again from `settings.config.features` with each `onConfig`: they can change without a restart. */
  readonly isLive?: boolean;
  /** What makes a provider of an entry of its options, which are a map by name then; undefined: that is none. */
  readonly providerOf?: (entry: Readonly<Record<string, unknown>>) => ProviderPlugin | undefined;
  /** With `server.threads`: it is made in each thread, or in the main one alone; absent: it is for one thread only. */
  readonly inEachThread?: boolean;
}

export type Feature = { readonly close?: () => Promise<void> | void };

/** Events for plugins, until these are closed. A listener that throws, or whose promise rejects, is logged and disturbs nothing else. */
export interface GatewayEvents {
  /** A feature is in force, after what another config made of it, or no longer; it is closed once no request uses it. */
  onInForce?(listener: (isInForce: boolean) => void): void;
  /** A request begins; its answer goes to that sink. */
  onRequest(listener: (context: Context, sink: Sink) => void): void;
  /** A request is about to be sent to a target, and may get further headers. */
  onSend(listener: (request: UpstreamRequest, attempt: Attempt, context: Context) => void): void;
  /** An attempt at a target has ended. */
  onAttempt(listener: (attempt: Attempt, context: Context) => void): void;
  /** A request has ended, its trace complete. */
  onEnd(listener: (context: Context) => void): void;
  /** A local process has changed its state. */
  onProviderState(listener: (provider: string, change: ProcessChange) => void): void;
  /** A start or an installation has come a step further, or is over. */
  onProviderProgress(listener: (provider: string, step: ProcessStep) => void): void;
  /** The config, or what overrides it, has changed. @param changes how much it is overridden now */
  onConfig(listener: (changes: number) => void): void;
}

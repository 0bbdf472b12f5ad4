/** A provider in the running gateway: its targets, its process, and what it was found to have. */
import type { ManagedProcess, ProcessChange, ProcessStep, ProviderSecrets } from './managed-process.ts';
import type { Provider } from './provider.ts';
import type { Block, ConcurrencyLimit, MissingSurfaces, Target } from './target.ts';

export interface Upstream {
  readonly provider: Provider;
  /** further names that it is found by */
  readonly aliases: readonly string[];
  /** The config or a key names it: the operator has said which provider to ask. */
  readonly isConfigured: boolean;
  readonly concurrency: ConcurrencyLimit | undefined;
  /** reasons that take all its targets out */
  readonly blocks: ReadonlyMap<string, Block>;
  /** APIs that it was seen to lack */
  readonly missing: MissingSurfaces;
  /** undefined: it is no local program, or nothing in this gateway runs local programs */
  readonly process: ManagedProcess | undefined;
  /** what was given to its process beside the config */
  readonly secrets: ProviderSecrets | undefined;
  /** what the operator must give or add before it can answer, with the remedy */
  readonly lacks: readonly string[];
  /** the details of its models, by its own names; undefined: not known */
  readonly details: ReadonlyMap<string, ListedModel> | undefined;
  /** what it lists, by name; undefined: not known */
  readonly listed: ReadonlyMap<string, ListedModel> | undefined;
  /** the last check, on the gateway's clock, and what was wrong; undefined: there was none */
  readonly lastCheck: { readonly atMs: number; readonly problem?: string | undefined } | undefined;
  readonly targets: Iterable<Target>;
  /** It sleeps until it is started by name, and no request may wake it. */
  readonly dormant: boolean;
  /** How much all its targets are used. */
  readonly use: Use;
  /** It may have any model, as it is not known which it has. */
  readonly isOpen: boolean;
  readonly publicNames: Iterable<string>;
  /** its targets, and the names that are asked through one that takes any */
  all(): Iterable<Target>;
  /** The one target for that model of its own. */
  target(model: string): Target;
  /** The target for a name as it is, which it is not known to have. */
  asked(name: string): Target;
  /** A target for that model that shares its slots only: its results count for no other request. */
  detached(model: string): Target;
  /** The target for a public name it is known to have; undefined when it is not known. */
  knows(name: string): Target | undefined;
  /** The target for a request that names no model. */
  unnamed(): Target | undefined;
  /** The target for a name that it is known not to have: its default, or the name as it is. */
  standIn(name: string): Target | undefined;
  /**
   * Takes the list of its models. An empty list proves nothing, as servers that load models on demand begin with one.
   * @returns whether names lead elsewhere for it
   */
  takeList(list: ReadonlyMap<string, ListedModel>): boolean;
  /** It has answered for a name that it did not list: its list may be of what it has loaded so far. */
  answeredFor(name: string): void;
  /** The gateway has checked it. @param problem what is wrong with it; absent: nothing */
  checked(atMs: number, problem?: string): void;
  /** Its process is run from now on, by a supervisor, which then tells what becomes of it. */
  attach(process: ManagedProcess, secrets: ProviderSecrets): void;
  /** The state of its process has changed. */
  changed(change: ProcessChange): void;
  /** A start or an installation of its process has come a step further, or is over. */
  progressed(step: ProcessStep): void;
}

/** All providers of the gateway, by name. */
export interface Upstreams extends ReadonlyMap<string, Upstream> {
  /**
   * The one of that name; case does not count, nor does `_` for `-`, and aliases are names too.
   * @throws GatewayError `provider_not_found`
   */
  named(name: string): Upstream;
  /** Those that are asked for names that none is known to have: last resorts only when there is no other. */
  asked(): Upstream[];
  lastResort(): Upstream[];
  /**
   * A feature runs local programs.
   * @param supervise called for each provider that declares a process; it attaches what runs the process
   */
  superviseBy(supervise: (upstream: Upstream) => void): void;
}

/** How much is asked of a provider now, and how much there ever was. */
export interface Use {
  readonly inflight: number;
  readonly begun: number;
}

/** What a provider says of one of its models, as it came. */
export type ListedModel = Readonly<Record<string, unknown>>;

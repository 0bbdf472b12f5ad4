import type * as contract from '../core/contracts/index.ts';
import type {
  Blocks,
  ListedModel,
  ManagedProcess,
  Pool,
  ProcessChange,
  ProcessState,
  ProcessStep,
  Provider,
  ProviderSecrets,
  Use,
} from '../core/contracts/index.ts';
import { ASLEEP } from '../core/upstreams/availability.ts';
import { MissingSurfaces } from '../core/upstreams/missing-surfaces.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { ANY, Target } from '../core/upstreams/target.ts';

/** What an upstream tells the gateway. */
export interface Listeners {
  /** A name that it is not known to have is kept no more. */
  readonly dropped: (name: string) => void;
  /** Its process has changed its state. */
  readonly changed: (change: ProcessChange) => void;
  /** A start or an installation of its process has come further. */
  readonly progressed: (step: ProcessStep) => void;
}

/** Makes the limit of a provider that takes a number of requests at once. */
export type MakeLimit = (limit: number, provider: string) => contract.ConcurrencyLimit;

const ofOneThread: MakeLimit = (limit) => new ConcurrencyLimit(limit);

/** One provider in the gateway: its targets, its concurrency, its process, and what it was found to have. */
export class Upstream implements contract.Upstream {
  readonly provider: Provider;
  readonly concurrency: contract.ConcurrencyLimit | undefined;
  readonly blocks: Blocks = new Map();
  readonly missing = new MissingSurfaces();
  /** names it answered for that it did not list, and whether it listed one of them after that */
  readonly #answered = new Set<string>();
  #grows = false;
  readonly #targets = new Map<string, Target>();
  /** quotas that several of its models share, and that are used up */
  readonly #pools: Pool[] = [];
  process: ManagedProcess | undefined;
  /** its process has been started, and was not ready yet */
  #isNew = false;
  secrets: ProviderSecrets | undefined;
  details: ReadonlyMap<string, ListedModel> | undefined;
  listed: ReadonlyMap<string, ListedModel> | undefined;
  lastCheck: { readonly atMs: number; readonly problem?: string | undefined } | undefined;

  readonly aliases: readonly string[];
  readonly isConfigured: boolean;

  readonly #listeners: Listeners | undefined;

  constructor(
    provider: Provider,
    aliases: readonly string[] = [],
    isChosen = false,
    listeners?: Listeners,
    makeLimit = ofOneThread,
  ) {
    this.#listeners = listeners;
    this.provider = provider;
    this.aliases = aliases;
    this.isConfigured = isChosen;
    const { concurrency, name } = provider;
    this.concurrency = concurrency === undefined ? undefined : makeLimit(concurrency, name);
    if (this.lacks.length > 0)
      this.blocks.set('incomplete', { untilMs: Infinity, detail: this.lacks.join('; ') });
  }

  get lacks(): readonly string[] {
    const { lacks = [], process } = this.provider;
    if (this.process) return this.process.lacks;
    return process ? [UNSUPERVISED] : lacks;
  }

  get targets(): Iterable<Target> {
    return this.#targets.values();
  }

  *all(): Iterable<Target> {
    for (const target of this.targets) {
      yield target;
      if (target.names) yield* target.names.kept;
    }
  }

  get dormant(): boolean {
    return this.provider.dormant === true && !(this.process && UP.has(this.process.state));
  }

  get use(): Use {
    const lives = [...this.#targets.values()].map(({ stats }) => stats);
    const sum = (of: (stats: Target['stats']) => number): number =>
      lives.reduce((all, stats) => all + of(stats), 0);
    return { inflight: sum(({ inflight }) => inflight), begun: sum(({ begun }) => begun) };
  }

  target(model: string): Target {
    let target = this.#targets.get(model);
    if (!target) {
      const { provider, concurrency, blocks, missing } = this;
      target = new Target({
        provider,
        model,
        concurrency,
        blocks,
        missing,
        pools: this.#pools,
        siblings: () => this.all(),
        ...(this.#listeners && { dropped: this.#listeners.dropped }),
      });
      for (const pool of this.#pools) target.joinPool(pool);
      this.#targets.set(model, target);
    }
    return target;
  }

  asked(name: string): Target {
    const any = this.target(ANY);
    return name === '' ? any : (any.names?.of(name) ?? any);
  }

  detached(model: string): Target {
    return new Target({ provider: this.provider, model, concurrency: this.concurrency });
  }

  knows(name: string): Target | undefined {
    const { models } = this.provider;
    if (models) return Object.hasOwn(models, name) ? this.target(models[name] as string) : undefined;
    const own = [name, `${name}${LATEST}`].find((one) => this.listed?.has(one));
    return own === undefined ? undefined : this.target(own);
  }

  takeList(list: ReadonlyMap<string, ListedModel>): boolean {
    const { details } = this;
    if (details) this.#grows ||= [...this.#answered].some((name) => list.has(name) && !details.has(name));
    this.details = list;
    // Its names are those of its map.
    if (this.provider.models) return false;
    const before = this.listed;
    this.listed = list.size === 0 ? undefined : list;
    if (before?.size !== this.listed?.size) return true;
    return [...list.keys()].some((name) => !before?.has(name));
  }

  get isOpen(): boolean {
    return !this.provider.models && (!this.listed || this.#grows);
  }

  answeredFor(name: string): void {
    if (this.#answered.size < 100) this.#answered.add(name);
  }

  unnamed(): Target | undefined {
    return this.provider.models ? this.standIn('') : this.asked('');
  }

  standIn(name: string): Target | undefined {
    const { models, defaultModel } = this.provider;
    if (defaultModel !== undefined) return this.target(defaultModel);
    return models ? undefined : this.asked(name);
  }

  get publicNames(): Iterable<string> {
    return this.provider.models ? Object.keys(this.provider.models) : (this.listed?.keys() ?? []);
  }

  checked(atMs: number, problem?: string): void {
    this.lastCheck = { atMs, problem };
  }

  attach(process: ManagedProcess, secrets: ProviderSecrets): void {
    this.process = process;
    this.secrets = secrets;
    this.blocks.delete('incomplete');
    this.blocks.set('stopped', { untilMs: Infinity, detail: 'its process is not running' });
  }

  progressed(step: ProcessStep): void {
    this.#listeners?.progressed(step);
  }

  changed(change: ProcessChange): void {
    this.#block(change);
    this.#listeners?.changed(change);
  }

  /** A process that is not healthy takes all its targets out, for as long as it is not. */
  #block({ state, reason }: ProcessChange): void {
    for (const other of STATES) this.blocks.delete(other);
    if (state === 'starting') this.missing.forget();
    if (state === 'starting') this.#isNew = true;
    if (state === 'healthy') {
      if (this.#isNew) for (const target of this.all()) target.renew();
      this.#isNew = false;
      return;
    }
    this.blocks.set(state, { untilMs: Infinity, detail: `${state}: ${reason}` });
    // When it is back it has the slow start of a new target.
    for (const { stats } of this.all()) stats.markUnwell();
  }
}

/** Said of a provider that declares a process while no feature runs local programs. */
const UNSUPERVISED =
  'nothing in this gateway runs local programs, as plugins/supervisor is not there; put that folder back, or name a plugin that runs them under plugins in the config';

/** What a name without a tag means where models have tags (Ollama). */
const LATEST = ':latest';

/** States of a process that was started. */
const UP: ReadonlySet<ProcessState> = new Set(['starting', 'healthy', 'unhealthy', 'backoff']);

const STATES: readonly string[] = [...ASLEEP, 'unhealthy'];

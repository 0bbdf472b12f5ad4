import type * as contract from '../contracts/index.ts';
import { AskedNames } from './asked-names.ts';
import { isIn, lapsed } from './blocks.ts';
import type { Block, Blocks, ConcurrencyLimit, Pool, Provider } from '../contracts/index.ts';
import { TargetStats } from './target-stats.ts';
import { MissingSurfaces } from './missing-surfaces.ts';

/** Reasons against a provider that a reset takes back; the others say what is. */
const PASSING = ['quota', 'key'] as const;
const NONE: ReadonlyMap<string, Block> = new Map();

/** The model of a target that takes any name. */
export const ANY = '*';

interface Parts {
  provider: Provider;
  model: string;
  concurrency?: ConcurrencyLimit | undefined;
  /** reasons that concern the provider as a whole */
  blocks?: Blocks;
  /** quotas that several of its models share, and that are used up */
  pools?: Pool[];
  siblings?: () => Iterable<Target>;
  stats?: TargetStats;
  missing?: MissingSurfaces;
  weight?: number | undefined;
  priority?: number | undefined;
  /** a name that the provider is not known to have, and the target that takes any */
  asked?: { readonly name: string; readonly through: Target } | undefined;
  /** A name is no longer kept apart from the others that are asked through it. */
  dropped?: (name: string) => void;
}

/** A provider × one upstream model, with its live numbers. The one thing on the request path that changes. */
export class Target implements contract.Target {
  readonly id: string;
  readonly provider: Provider;
  /** the provider's own name of the model; '*': the name the caller asked for */
  readonly model: string;
  /** what the upstream is asked for; '*': the request names no model */
  readonly name: string;
  /** the target that takes any name, where this is one of those names: what is against that one is against this one, too */
  readonly through: Target | undefined;
  /** the names that are asked through it, where it takes any */
  readonly names: AskedNames | undefined;
  /** Its part in a route: shares among equals, and lower priority first, for strategies that look at them. */
  readonly weight: number;
  /** Whether the config says its weight. */
  readonly weighted: boolean;
  readonly priority: number;
  /** shared by all targets of a provider that bears only so many requests at once */
  readonly concurrency: ConcurrencyLimit | undefined;
  /** shared by the routes that this provider and model have a part in */
  readonly stats: TargetStats;
  /** shared by all targets of its provider */
  readonly missing: MissingSurfaces;
  readonly #shared: Blocks;
  readonly #pools: Pool[];
  /** all targets of its provider that there are by now */
  readonly siblings: () => Iterable<Target>;

  constructor({ provider, model, weight, asked, dropped, ...parts }: Parts) {
    this.provider = provider;
    this.model = model;
    this.id = `${provider.name}/${model}`;
    this.name = asked?.name ?? model;
    this.through = asked?.through;
    this.concurrency = parts.concurrency;
    this.#shared = parts.blocks ?? new Map();
    this.#pools = parts.pools ?? [];
    this.siblings = parts.siblings ?? (() => [this]);
    this.stats = parts.stats ?? new TargetStats(asked?.through.stats);
    this.missing = parts.missing ?? new MissingSurfaces();
    this.weight = weight ?? 1;
    this.weighted = weight !== undefined;
    this.priority = parts.priority ?? 0;
    if (model === ANY && !asked) this.names = new AskedNames((name) => this.#asked(name), dropped);
  }

  /** The same target with another part to play in a route. */
  as(part: { weight?: number | undefined; priority?: number | undefined }): Target {
    return new Target({ ...this.#own, stats: this.stats, ...part });
  }

  get #own(): Parts {
    const { provider, model, name, through, concurrency, missing, siblings } = this;
    const asked = through && { name, through };
    return {
      provider,
      model,
      concurrency,
      missing,
      siblings,
      blocks: this.#shared,
      pools: this.#pools,
      asked,
    };
  }

  /** One of the names that are asked through it. */
  #asked(name: string): Target {
    const target = new Target({ ...this.#own, asked: { name, through: this } });
    for (const pool of this.#pools) target.joinPool(pool);
    return target;
  }

  /** As operators name it: of a name that is asked through another one, with that name. */
  get label(): string {
    return `${this.provider.name}/${this.name}`;
  }

  /** requests whose answer's body has not ended, whatever name they ask for */
  get inflight(): number {
    return (this.through ?? this).stats.inflight;
  }

  /** running average of whole answers, ms */
  get latency(): number {
    return this.stats.latency;
  }

  /** running average until the first content, ms */
  get ttft(): number {
    return this.stats.ttft;
  }

  /** running share of attempts that failed, 0 to 1 */
  get errorRate(): number {
    return this.stats.errorRate;
  }

  get isFull(): boolean {
    return this.concurrency !== undefined && !this.concurrency.hasFreeSlot;
  }

  /** It has failed lately, or its provider has. */
  get isInTrouble(): boolean {
    return this.stats.circuit !== undefined || this.through?.isInTrouble === true;
  }

  get isUnreachable(): boolean {
    return this.stats.circuit?.unreachable === true || this.through?.isUnreachable === true;
  }

  /** Something of its own is against it: who is asked for all that may well fail. */
  get isDoubtful(): boolean {
    return this.stats.blocks.size > 0 || this.through?.isDoubtful === true;
  }

  /** Others than the one request under way go elsewhere if they can. */
  isProbing(now: number): boolean {
    return this.stats.isProbing(now) || this.through?.stats.isProbing(now) === true;
  }

  /** Nothing is against it, and it has not failed lately. */
  isWell(now: number): boolean {
    return !this.isInTrouble && this.blocks(now).size === 0;
  }

  /**
   * Takes the target out for a reason of its own, so that causes never overwrite each other.
   * @param until ms on the gateway's clock after which the reason lapses by itself
   * @param guess it may be well for all that: it is asked when there is nobody else
   */
  block(reason: string, until = Infinity, detail = '', guess = false): void {
    this.stats.blocks.set(reason, { until, detail, guess });
    if (guess) this.stats.since = undefined;
  }

  unblock(reason: string): void {
    this.stats.blocks.delete(reason);
  }

  /**
   * What was learned against it, against the names that are asked through it, and against its provider, is forgotten: the
   * next request finds out.
   * @returns the others that were out for a quota that they share with it, and are no more
   */
  reset(): Target[] {
    const own = [this, ...(this.through ? [this.through] : []), ...(this.names?.kept ?? [])];
    for (const { stats } of own) stats.reset();
    this.missing.forget();
    for (const reason of PASSING) this.#shared.delete(reason);
    this.provider.keys?.reset();
    const forgotten = new Set(this.#pools.filter((pool) => own.some(({ name }) => isIn(pool, name))));
    this.#pools.splice(0, Infinity, ...this.#pools.filter((pool) => !forgotten.has(pool)));
    return [...this.siblings()].filter((sibling) => sibling.#leavePool(forgotten));
  }

  /** Its process was started again: failures of the one before say nothing of this one. */
  renew(): void {
    this.stats.renew();
  }

  /** Whether it was out for one of these; what else it shares holds on. */
  #leavePool(forgotten: ReadonlySet<Pool>): boolean {
    const pool = this.stats.blocks.get('quota')?.pool;
    if (!pool || !forgotten.has(pool)) return false;
    this.unblock('quota');
    for (const other of this.#pools) this.joinPool(other);
    return true;
  }

  /** Takes all targets of its provider out, as `block` does this one. */
  blockProvider(reason: string, until: number, detail: string, guess = false): void {
    this.#shared.set(reason, { until, detail, guess });
  }

  /** Takes out all models of its provider that share a quota, those first asked for later among them. */
  blockPool(pool: Pool, now: number): void {
    const others = this.#pools.filter(({ until, models }) => until > now && models !== pool.models);
    this.#pools.splice(0, Infinity, ...others, pool);
    for (const sibling of this.siblings()) sibling.joinPool(pool);
  }

  joinPool(pool: Pool): void {
    const { until, detail, guess = false } = pool;
    if (isIn(pool, this.name)) this.stats.blocks.set('quota', { until, detail, guess, pool });
  }

  /** Reasons that hold now, the provider's among them; nothing is allocated while there are none. */
  blocks(now: number): ReadonlyMap<string, Block> {
    const own = lapsed(this.stats.blocks, now);
    const shared = this.through ? this.through.blocks(now) : lapsed(this.#shared, now);
    if (shared.size === 0) return own.size === 0 ? NONE : own;
    return own.size === 0 ? shared : new Map([...shared, ...own]);
  }
}

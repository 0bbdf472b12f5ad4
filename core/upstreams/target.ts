import type * as contract from '../contracts/index.ts';
import { AskedNames } from './asked-names.ts';
import { dropLapsed, holding, isIn } from './blocks.ts';
import { blockedAs } from './availability.ts';
import type { Availability, Block, Blocks, ConcurrencyLimit, Pool, Provider } from '../contracts/index.ts';
import { TargetStats } from './target-stats.ts';
import { MissingSurfaces } from './missing-surfaces.ts';

/** Reasons against a provider that a reset takes back; the others say what is. */
const PASSING = ['quota', 'key'] as const;

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
  readonly model: string;
  readonly name: string;
  readonly through: Target | undefined;
  readonly names: AskedNames | undefined;
  readonly weight: number;
  readonly weighted: boolean;
  readonly priority: number;
  readonly concurrency: ConcurrencyLimit | undefined;
  readonly stats: TargetStats;
  readonly missing: MissingSurfaces;
  readonly #shared: Blocks;
  readonly #pools: Pool[];
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

  get label(): string {
    return `${this.provider.name}/${this.name}`;
  }

  get inflight(): number {
    return (this.through ?? this).stats.inflight + (this.provider.inflightElsewhere?.(this.model) ?? 0);
  }

  get latencyMs(): number {
    return this.stats.latencyMs;
  }

  get ttftMs(): number {
    return this.stats.ttftMs;
  }

  get errorRate(): number {
    return this.stats.errorRate;
  }

  get isFull(): boolean {
    return this.concurrency !== undefined && !this.concurrency.hasFreeSlot;
  }

  get hasFailedLately(): boolean {
    return this.stats.circuit.hasFailed || this.through?.hasFailedLately === true;
  }

  get isUnreachable(): boolean {
    return this.stats.circuit.isUnreachable || this.through?.isUnreachable === true;
  }

  isProbing(now: number): boolean {
    return this.stats.circuit.isProbing(now) || this.through?.stats.circuit.isProbing(now) === true;
  }

  availability(now: number): Availability {
    const blocks = this.blocks(now);
    if (blocks.size > 0) return blockedAs(blocks);
    if (this.isFull) return 'full';
    return this.isProbing(now) ? 'probing' : 'available';
  }

  isWell(now: number): boolean {
    return !this.hasFailedLately && this.blocks(now).size === 0;
  }

  block(reason: string, untilMs = Infinity, detail = '', guess = false): void {
    this.stats.blocks.set(reason, { untilMs, detail, guess });
    if (guess) this.stats.markUnwell();
  }

  unblock(reason: string): void {
    this.stats.blocks.delete(reason);
  }

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

  dropLapsed(now: number): void {
    dropLapsed(this.stats.blocks, now);
    if (this.through) return this.through.dropLapsed(now);
    dropLapsed(this.#shared, now);
  }

  blockProvider(reason: string, untilMs: number, detail: string, guess = false): void {
    this.#shared.set(reason, { untilMs, detail, guess });
  }

  blockPool(pool: Pool, now: number): void {
    const others = this.#pools.filter(({ untilMs, models }) => untilMs > now && models !== pool.models);
    this.#pools.splice(0, Infinity, ...others, pool);
    for (const sibling of this.siblings()) sibling.joinPool(pool);
  }

  joinPool(pool: Pool): void {
    const { untilMs, detail, guess = false } = pool;
    if (isIn(pool, this.name)) this.stats.blocks.set('quota', { untilMs, detail, guess, pool });
  }

  blocks(now: number): ReadonlyMap<string, Block> {
    const own = holding(this.stats.blocks, now);
    const shared = this.through ? this.through.blocks(now) : holding(this.#shared, now);
    if (shared.size === 0) return own;
    return own.size === 0 ? shared : new Map([...shared, ...own]);
  }
}

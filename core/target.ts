import { Pace } from './balance/pace.ts';
import type { Provider } from './contracts.ts';
import { MissingSurfaces } from './missing-surfaces.ts';
import type { Room } from './room.ts';

/** Weight of one new observation in a running average. */
const SHARE = 0.2;
/** With more failures than that, three in a row, it no longer answers well. */
const UNWELL = 0.4;
/** Reasons against a provider that a reset takes back; the others say what is. */
const PASSING = ['quota', 'key'] as const;
const NONE: ReadonlyMap<string, Block> = new Map();

/** A provider × one upstream model, with its live numbers. The one thing on the request path that changes. */
export class Target {
  readonly id: string;
  readonly provider: Provider;
  /** the provider's own name of the model; '*': the name the caller asked for */
  readonly model: string;
  /** Its part in a route: shares among equals, and lower priority first, for strategies that look at them. */
  readonly weight: number;
  /** Whether the config says its weight. */
  readonly weighted: boolean;
  readonly priority: number;
  /** shared by all targets of a provider that bears only so many requests at once */
  readonly room: Room | undefined;
  /** shared by the routes that this provider and model have a part in */
  readonly live: Live;
  /** shared by all targets of its provider */
  readonly missing: MissingSurfaces;
  readonly #shared: Blocks;
  readonly #pools: Pool[];
  /** all targets of its provider that there are by now */
  readonly siblings: () => Iterable<Target>;

  constructor(parts: {
    provider: Provider;
    model: string;
    room?: Room | undefined;
    /** reasons that concern the provider as a whole */
    blocks?: Blocks;
    /** quotas that several of its models share, and that are used up */
    pools?: Pool[];
    siblings?: () => Iterable<Target>;
    live?: Live;
    missing?: MissingSurfaces;
    weight?: number | undefined;
    priority?: number | undefined;
  }) {
    this.provider = parts.provider;
    this.model = parts.model;
    this.id = `${parts.provider.name}/${parts.model}`;
    this.room = parts.room;
    this.#shared = parts.blocks ?? new Map();
    this.#pools = parts.pools ?? [];
    this.siblings = parts.siblings ?? (() => [this]);
    this.live = parts.live ?? new Live();
    this.missing = parts.missing ?? new MissingSurfaces();
    this.weight = parts.weight ?? 1;
    this.weighted = parts.weight !== undefined;
    this.priority = parts.priority ?? 0;
  }

  /** The same target with another part to play in a route. */
  as(part: { weight?: number | undefined; priority?: number | undefined }): Target {
    const { provider, model, room, live, missing, siblings } = this;
    const shared = { blocks: this.#shared, pools: this.#pools };
    return new Target({ provider, model, room, live, missing, siblings, ...shared, ...part });
  }

  /** requests whose answer's body has not ended */
  get inflight(): number {
    return this.live.inflight;
  }

  /** running average of whole answers, ms */
  get latency(): number {
    return this.live.latency;
  }

  /** running average until the first content, ms */
  get ttft(): number {
    return this.live.ttft;
  }

  /** running share of attempts that failed, 0 to 1 */
  get errorRate(): number {
    return this.live.errorRate;
  }

  get full(): boolean {
    return this.room !== undefined && !this.room.free;
  }

  /** Nothing is against it, and it has not failed lately. */
  isWell(now: number): boolean {
    return this.live.trouble === undefined && this.blocks(now).size === 0;
  }

  /**
   * Takes the target out for a reason of its own, so that causes never overwrite each other.
   * @param until ms on the house's clock after which the reason lapses by itself
   * @param guess it may be well for all that: it is asked when there is nobody else
   */
  block(reason: string, until = Infinity, detail = '', guess = false): void {
    this.live.blocks.set(reason, { until, detail, guess });
    if (guess) this.live.since = undefined;
  }

  unblock(reason: string): void {
    this.live.blocks.delete(reason);
  }

  /**
   * What was learned against it, and against its provider, is forgotten: the next request finds out anew.
   * @returns the others that were out for a quota that they share with it, and are no more
   */
  reset(): Target[] {
    const { live } = this;
    live.blocks.clear();
    live.trouble = undefined;
    live.aloneUntil = 0;
    live.failedAt = 0;
    live.forget();
    this.missing.forget();
    for (const reason of PASSING) this.#shared.delete(reason);
    this.provider.keys?.reset();
    const forgotten = new Set(this.#pools.filter((pool) => isIn(pool, this.model)));
    this.#pools.splice(0, Infinity, ...this.#pools.filter((pool) => !forgotten.has(pool)));
    return [...this.siblings()].filter((sibling) => sibling.#leavePool(forgotten));
  }

  /** Its process was started anew: failures of the one before say nothing of this one. */
  renew(): void {
    const { live } = this;
    for (const [reason, { guess }] of live.blocks) if (guess) live.blocks.delete(reason);
    live.trouble = undefined;
    live.aloneUntil = 0;
    live.forget();
  }

  /** Whether it was out for one of these; what else it shares holds on. */
  #leavePool(forgotten: ReadonlySet<Pool>): boolean {
    const pool = this.live.blocks.get('quota')?.pool;
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
    const { until, detail } = pool;
    if (isIn(pool, this.model)) this.live.blocks.set('quota', { until, detail, pool });
  }

  /** Reasons that hold now, the provider's among them; nothing is allocated while there are none. */
  blocks(now: number): ReadonlyMap<string, Block> {
    lapse(this.live.blocks, now);
    lapse(this.#shared, now);
    if (this.#shared.size === 0) return this.live.blocks.size === 0 ? NONE : this.live.blocks;
    return this.live.blocks.size === 0 ? this.#shared : new Map([...this.#shared, ...this.live.blocks]);
  }
}

/** Live numbers and blocks of one provider's model. */
export class Live {
  inflight = 0;
  /** how many attempts there ever were */
  begun = 0;
  latency = 0;
  ttft = 0;
  errorRate = 0;
  /** until the first content of streams, and until the whole of answers that are none */
  readonly content = new Pace();
  readonly whole = new Pace();
  /** when it began to answer well, on the house's clock, ms; undefined: it does not, or nobody knows yet */
  since: number | undefined;
  /** when it last gave an answer of its own, a refusal among them, and when it last failed; 0: never */
  reachedAt = 0;
  failedAt = 0;
  readonly blocks: Blocks = new Map();
  /** until when one request finds out how it is, on the house's clock, ms */
  aloneUntil = 0;
  /** What is remembered of its failures; undefined: it is well. */
  trouble: Trouble | undefined;

  /** Others than that one go elsewhere if they can: no block, for nobody is refused for it. */
  isAlone(now: number): boolean {
    return this.aloneUntil > now;
  }

  begin(): void {
    this.inflight++;
    this.begun++;
    this.trouble?.began();
  }

  /** What an ended attempt teaches; an answer that failed fast must not look fast. */
  learn({ outcome, stream, ms, ttft }: Lesson, now: number): void {
    const pace = stream ? this.content : this.whole;
    if (outcome === 'failed') this.failedAt = now;
    else if (outcome !== 'left') this.reachedAt = now;
    if (outcome === 'left' || outcome === 'refused') return pace.atLeast(ttft ?? ms, now);
    this.errorRate += SHARE * ((outcome === 'answered' ? 0 : 1) - this.errorRate);
    if (outcome === 'failed') {
      if (this.errorRate > UNWELL) this.since = undefined;
      return pace.atLeast(ttft ?? ms, now);
    }
    this.since ??= now;
    pace.observe((stream ? ttft : undefined) ?? ms, now);
    this.latency = average(this.latency, ms);
    if (ttft !== undefined) this.ttft = average(this.ttft, ttft);
  }

  /** What is known of it holds no more, as if it had not been asked for long, until its next answer. */
  doubt(): void {
    this.content.at = -Infinity;
    this.whole.at = -Infinity;
  }

  /** What is known of it is so many ms older. */
  age(ms: number): void {
    this.content.at -= ms;
    this.whole.at -= ms;
  }

  /** What strategies go by is to be learned anew. */
  forget(): void {
    this.errorRate = 0;
    this.content.forget();
    this.whole.forget();
  }
}

/** An ended attempt, times in ms since it began. */
export interface Lesson {
  /** 'refused': it said that the fault is the client's, which says nothing about itself */
  readonly outcome: 'answered' | 'failed' | 'left' | 'refused';
  readonly stream: boolean;
  readonly ms: number;
  readonly ttft: number | undefined;
}

/** Kept by who watches over health. */
export interface Trouble {
  /** An attempt begins, which is a trial where the target was out. */
  began(): void;
  /** Content comes of an attempt that began then (on the clock of `performance.now()`), and whose end is still to come. */
  spoke(began: number): void;
  /** It could not even be reached. */
  readonly unreachable: boolean;
}

export interface Block {
  readonly until: number;
  readonly detail: string;
  readonly guess?: boolean;
  /** the quota that it shares, where that is why */
  readonly pool?: Pool;
}

/** A quota that is used up, and the models that share it; undefined: all of the provider's. */
export interface Pool {
  readonly models: RegExp | undefined;
  readonly until: number;
  readonly detail: string;
}

const isIn = ({ models }: Pool, model: string): boolean => models?.test(model) ?? true;

export type Blocks = Map<string, Block>;

function lapse(blocks: Blocks, now: number): void {
  if (blocks.size === 0) return;
  for (const [reason, { until }] of blocks) if (until <= now) blocks.delete(reason);
}

function average(old: number, seen: number): number {
  return old === 0 ? seen : old + SHARE * (seen - old);
}

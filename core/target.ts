import type { Provider } from './contracts.ts';
import type { Room } from './room.ts';

/** Weight of one new observation in a running average. */
const SHARE = 0.2;
const NONE: ReadonlyMap<string, Block> = new Map();

/** A provider × one upstream model, with its live numbers. The one thing on the request path that changes. */
export class Target {
  readonly id: string;
  readonly provider: Provider;
  /** the provider's own name of the model; '*': the name the caller asked for */
  readonly model: string;
  /** Its part in a route: shares among equals, and lower priority first, for strategies that look at them. */
  readonly weight: number;
  readonly priority: number;
  /** shared by all targets of a provider that bears only so many requests at once */
  readonly room: Room | undefined;
  /** shared by the routes that this provider and model have a part in */
  readonly live: Live;
  readonly #shared: Blocks;

  constructor(parts: {
    provider: Provider;
    model: string;
    room?: Room | undefined;
    /** reasons that concern the provider as a whole */
    blocks?: Blocks;
    live?: Live;
    weight?: number | undefined;
    priority?: number | undefined;
  }) {
    this.provider = parts.provider;
    this.model = parts.model;
    this.id = `${parts.provider.name}/${parts.model}`;
    this.room = parts.room;
    this.#shared = parts.blocks ?? new Map();
    this.live = parts.live ?? new Live();
    this.weight = parts.weight ?? 1;
    this.priority = parts.priority ?? 0;
  }

  /** The same target with another part to play in a route. */
  as(part: { weight?: number | undefined; priority?: number | undefined }): Target {
    const { provider, model, room, live } = this;
    return new Target({ provider, model, room, live, blocks: this.#shared, ...part });
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

  /**
   * Takes the target out for a reason of its own, so that causes never overwrite each other.
   * @param until ms since 1970 after which the reason lapses by itself
   * @param guess it may be well for all that: it is asked when there is nobody else
   */
  block(reason: string, until = Infinity, detail = '', guess = false): void {
    this.live.blocks.set(reason, { until, detail, guess });
  }

  unblock(reason: string): void {
    this.live.blocks.delete(reason);
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
  latency = 0;
  ttft = 0;
  errorRate = 0;
  readonly blocks: Blocks = new Map();
  /** Told of each attempt that begins: set by who has put it out, for then the first is a trial. */
  began: (() => void) | undefined;

  begin(): void {
    this.inflight++;
    this.began?.();
  }

  /** What an ended attempt teaches; an answer that failed fast must not look fast. */
  learn(attempt: { ok: boolean; ms: number; ttft: number | undefined }): void {
    this.errorRate += SHARE * ((attempt.ok ? 0 : 1) - this.errorRate);
    if (!attempt.ok) return;
    this.latency = average(this.latency, attempt.ms);
    if (attempt.ttft !== undefined) this.ttft = average(this.ttft, attempt.ttft);
  }
}

export interface Block {
  readonly until: number;
  readonly detail: string;
  readonly guess?: boolean;
}

export type Blocks = Map<string, Block>;

function lapse(blocks: Blocks, now: number): void {
  if (blocks.size === 0) return;
  for (const [reason, { until }] of blocks) if (until <= now) blocks.delete(reason);
}

function average(old: number, seen: number): number {
  return old === 0 ? seen : old + SHARE * (seen - old);
}

/** What a counter is to a gateway that shares it. */
export interface PartTerms {
  /** with when its span began, if it has one */
  readonly name: string;
  /** ms until Redis can forget it; 0: it counts what is in use at once */
  readonly ttlMs: number;
  /** of what is left of it, the share that this gateway holds beyond its need, as `SYNC` has it */
  readonly share: number;
}

/** The use that Redis may not have, as it is on disk. */
export interface UnsentPart extends Pick<PartTerms, 'name' | 'ttlMs'> {
  readonly most: number;
  readonly used: number;
  readonly others: number;
  /** how much may be used without Redis; absent: that was not asked */
  readonly alone?: number | undefined;
}

/** ms without use after which what it holds beyond its need is given back */
const IDLE_MS = 5_000;
/** ms after it was asked to give back in which it holds nothing beyond its need */
const RECALLED_MS = 1_000;

/** One gateway's part of a counter that several share. */
export class Part {
  readonly name: string;
  readonly ttlMs: number;
  readonly #share: number;
  /** how much there may be of all */
  most = 0;
  /** what is set aside for this gateway, and what of it is used */
  have = 0;
  used = 0;
  /** what requests that wait need beyond that, and the least of them */
  wanted = 0;
  step = Infinity;
  /** what is set aside for the other gateways, as Redis said last, and what of that was not used */
  others = 0;
  othersUnused = 0;
  /** Others may give some back. */
  mayWait = false;
  /** There is so little left that what is not used is given back at once. */
  isTight = true;
  /** Its span is over. */
  isOver = false;
  /** the message that it was last sent in */
  round = -1;
  /** more than it has been given beyond its need */
  #lease = 0;
  #usedAtMs = 0;
  #recalledAtMs = -Infinity;
  /** how much it may use without Redis */
  #alone: number | undefined;

  constructor({ name, ttlMs, share }: PartTerms) {
    this.name = name;
    this.ttlMs = ttlMs;
    this.#share = share;
  }

  /** how much all gateways have used */
  get usedByAll(): number {
    return Math.max(0, this.others - this.othersUnused) + this.used;
  }

  /** Whether it is held in what Redis has set aside. */
  holds(amount: number): boolean {
    return this.used + amount <= this.have;
  }

  /** Whether all gateways together have left that much, as Redis said last. */
  isLeft(amount: number): boolean {
    return this.used + amount <= this.most - this.others;
  }

  use(amount: number, nowMs: number): void {
    this.used += amount;
    this.#usedAtMs = nowMs;
  }

  /** More is to be asked for, before a request has to wait for it. */
  get isLow(): boolean {
    return !this.isTight && this.have - this.used < this.#lease / 2;
  }

  /** Whether it is to be sent. @param nowMs on a monotonic clock */
  isOwed(nowMs: number): boolean {
    if (this.used > this.have) return true;
    return this.used < this.have && (this.isTight || nowMs - this.#usedAtMs > IDLE_MS);
  }

  recall(nowMs: number): void {
    this.#recalledAtMs = nowMs;
  }

  isRecalled(nowMs: number): boolean {
    return nowMs - this.#recalledAtMs < RECALLED_MS;
  }

  /** The values for Redis. From here on no more is used than they say. */
  toSync(nowMs: number, keepsNothing = false): readonly (string | number)[] {
    const need = this.used + this.wanted;
    const isAsked = this.wanted > 0 || this.isLow;
    const isIdle = nowMs - this.#usedAtMs > IDLE_MS && !isAsked;
    const givesBack = keepsNothing || this.isOver || isIdle || this.isTight || this.isRecalled(nowMs);
    this.have =
      givesBack || this.used > this.have ? Math.max(this.used, Math.min(this.have, need)) : this.have;
    const share = keepsNothing || this.isOver || isIdle || this.isRecalled(nowMs) ? 0 : this.#share;
    const step =
      this.wanted > 0 ? Math.max(1, Math.min(this.step, this.wanted) - (this.have - this.used)) : 1;
    return [this.name, this.ttlMs, this.have, need, step, this.most, share];
  }

  synced(answer: readonly number[], round: number): void {
    const [have, others, unused, mayWait, isTight] = answer as [number, number, number, number, number];
    this.have = have;
    this.others = others;
    this.othersUnused = unused;
    this.mayWait = mayWait === 1;
    this.isTight = isTight === 1;
    this.round = round;
    this.#lease = Math.max(0, have - this.used - this.wanted);
    this.#alone = undefined;
  }

  get unsent(): UnsentPart {
    const { name, ttlMs, most, used, others } = this;
    return { name, ttlMs, most, used, others, alone: this.#alone };
  }

  /** An earlier gateway has used this much, which Redis does not have yet: less may be used without Redis. */
  inherit({ used, others, alone }: UnsentPart): void {
    this.others = Math.max(this.others, others) + used;
    if (alone !== undefined) this.#alone = Math.min(this.#alone ?? Infinity, Math.max(0, alone - used));
  }

  /**
   * Whether it may be used where Redis cannot be asked: of what was left when that was so for the first time, each gateway has
   * an equal share.
   */
  holdsAlone(amount: number, { nodes, place }: { readonly nodes: number; readonly place: number }): boolean {
    return this.used + amount <= this.aloneOf({ nodes, place });
  }

  /** How much it may use then. */
  aloneOf({ nodes, place }: { readonly nodes: number; readonly place: number }): number {
    if (this.ttlMs === 0) return Math.floor(this.most / nodes) + (place < this.most % nodes ? 1 : 0);
    return (this.#alone ??= this.#findAlone(nodes));
  }

  #findAlone(nodes: number): number {
    const had = Math.max(this.have, this.used);
    return had + Math.max(0, Math.floor((this.most - this.others - had) / nodes));
  }
}

import type { ConcurrencyLimit, Gateway } from '../../core/contracts/index.ts';
import { isOfAll, type Parts } from '../../kits/shared-kit/index.ts';
import { Part } from '../../kits/shared-kit/part.ts';

/** ms in which a gateway that gave a slot back does not ask for it: another one is waiting */
const YIELD_MS = 25;

/** The slots of providers with a `concurrency`, which all gateways have together. */
export class SharedSlots {
  readonly #parts: Parts;
  readonly #gateway: Gateway;
  readonly #pools = new Map<string, SlotPool>();
  readonly #attached = new WeakSet<ConcurrencyLimit>();

  constructor(parts: Parts, gateway: Gateway) {
    this.#parts = parts;
    this.#gateway = gateway;
    parts.onSynced(() => this.#each((pool) => pool.offer()));
    parts.redis.onBeat(() => {
      this.attach();
      this.#each((pool) => pool.ask());
    });
    parts.onFreed((name) => this.#each((pool) => pool.part.name === name && pool.ask()));
    parts.onRecalled((name) => this.#each((pool) => pool.part.name === name && pool.recalled()));
  }

  /** Providers may have come with another config. */
  attach(): void {
    for (const { concurrency, provider } of this.#gateway.upstreams.values()) {
      if (!concurrency?.shareBy || !isOfAll(provider) || this.#attached.has(concurrency)) continue;
      this.#attached.add(concurrency);
      let pool = this.#pools.get(provider.name);
      if (!pool) this.#pools.set(provider.name, (pool = new SlotPool(provider.name, this.#parts)));
      pool.attach(concurrency);
    }
  }

  #each(work: (pool: SlotPool) => void): void {
    for (const pool of this.#pools.values()) work(pool);
  }
}

interface Attached {
  readonly limit: ConcurrencyLimit;
  used: number;
  offer: () => void;
}

/**
 * The slots of one provider. This gateway uses those that Redis has granted it, without a round trip, and asks for more
 * when it has none left. Where others wait, the next slot that is free here is given back, and its own queue asks again
 * after that: so gateways take turns.
 */
class SlotPool {
  readonly part: Part;
  readonly #parts: Parts;
  /** more than one while a replaced provider ends its answers */
  readonly #attached: Attached[] = [];
  /** Another gateway waits for the next slot that is free here. */
  #owes = false;
  #yieldsUntilMs = 0;

  constructor(provider: string, parts: Parts) {
    this.#parts = parts;
    this.part = new Part({ name: `slots ${provider}:0`, ttlMs: 0, share: -4 });
    parts.add(this.part);
  }

  attach(limit: ConcurrencyLimit): void {
    const one: Attached = { limit, used: 0, offer: () => {} };
    this.part.most = limit.limit;
    this.#attached.push(one);
    const granted = (): number => this.#grantedTo(one);
    one.offer = limit.shareBy?.(granted, (used) => this.#changed(one, used)) ?? one.offer;
    this.#parts.sync(this.part);
  }

  /** Asks for what is needed, and one slot more. */
  ask(): void {
    const { part } = this;
    this.#count();
    const lacks = part.used + part.wanted - part.have;
    if ((lacks > 0 || (lacks === 0 && part.wanted === 0)) && part.have < part.most) this.#parts.sync(part);
  }

  recalled(): void {
    if (this.part.have <= this.part.used && this.part.have > 0) this.#owes = true;
  }

  /** More may have been granted. */
  offer(): void {
    for (const { offer } of this.#attached) offer();
  }

  #grantedTo(one: Attached): number {
    const { part } = this;
    const { redis } = this.#parts;
    const all = redis.isExact ? part.have : part.aloneOf(redis);
    return all - (part.used - one.used);
  }

  #changed(one: Attached, used: number): void {
    const isFreed = used < one.used;
    one.used = used;
    if (isFreed && this.#owes) this.#giveBack();
    this.ask();
    if (this.#attached.length > 1) this.#dropUnused();
  }

  /** Before its own queue gets it. */
  #giveBack(): void {
    this.#owes = false;
    this.#count();
    this.part.have = Math.max(this.part.used, this.part.have - 1);
    this.#yieldsUntilMs = this.#parts.now() + YIELD_MS;
    this.part.wanted = 0;
    this.#parts.sync(this.part);
    setTimeout(() => this.ask(), YIELD_MS).unref();
  }

  #count(): void {
    const isYielding = this.#parts.now() < this.#yieldsUntilMs;
    let [used, waiting] = [0, 0];
    for (const one of this.#attached) {
      used += one.used;
      waiting += one.limit.waiting;
    }
    this.part.used = used;
    this.part.wanted = isYielding ? 0 : waiting;
    this.part.step = 1;
  }

  #dropUnused(): void {
    const at = this.#attached.findIndex(({ used, limit }) => used === 0 && limit.waiting === 0);
    if (at >= 0 && at < this.#attached.length - 1) this.#attached.splice(at, 1);
  }
}

import type { Part, UnsentPart } from './part.ts';
import { SYNC } from './parts-script.ts';
import type { Redis } from './redis.ts';
import type { Unsent } from './unsent-file.ts';

/** counters in one message */
const AT_ONCE = 200;
/** more messages than a gateway sends after it has written which one was its last */
const NEXT = 2 ** 24;
/** unchanged counters whose use by others is requested again with each heartbeat */
const SHOWN = 100;

type Synced = (parts: readonly Part[]) => void;

/**
 * This gateway's parts of shared counters. One message at a time sends Redis all that have changed, and changes during it
 * wait for the next one: a burst of requests costs few messages.
 */
export class Parts {
  /** the number of the last message */
  round = 0;
  /** Adds the use by earlier gateways that Redis does not have, and whether there is any. */
  inherit: (part: Part) => void = () => undefined;
  hasLeft: () => boolean = () => false;
  readonly #redis: Redis;
  /** ms on a monotonic clock */
  readonly now: () => number;
  readonly #known = new Map<string, Part>();
  readonly #dirty = new Set<Part>();
  readonly #listeners: Synced[] = [];
  readonly #freed: ((name: string) => void)[] = [];
  readonly #recalls: ((name: string) => void)[] = [];
  #sending: Promise<void> | undefined;
  #underWay: readonly Part[] = [];
  #isPlanned = false;

  constructor(redis: Redis, now: () => number) {
    this.#redis = redis;
    this.now = now;
    redis.hasSynced = () =>
      !this.#sending && !this.hasLeft() && ![...this.#dirty].some((part) => part.used !== part.have);
    redis.onFound(() => {
      for (const part of this.#known.values()) if (part.have + part.used > 0) this.sync(part);
    });
    redis.onBeat(() => this.#beat());
    redis.subscribe('parts:recall', (name) => this.#recalled(name));
    redis.subscribe('parts:freed', (name) => {
      for (const freed of this.#freed) freed(name);
    });
  }

  get redis(): Redis {
    return this.#redis;
  }

  add(part: Part): void {
    this.#known.set(part.name, part);
    this.inherit(part);
  }

  /** What Redis may not have; concurrent use ends with the process. */
  get unsent(): readonly UnsentPart[] {
    const all = new Set([...this.#dirty, ...this.#underWay]);
    return [...all].filter(({ ttlMs, used }) => ttlMs > 0 && used > 0).map(({ unsent }) => unsent);
  }

  /** Sends the use by a gateway that has ended. @throws where it is not known whether Redis has it */
  async syncInherited({ node, round, parts }: Unsent): Promise<void> {
    for (let at = 0; at < parts.length; at += AT_ONCE)
      await this.#syncOf('2', node, round + NEXT + at, parts.slice(at, at + AT_ONCE));
  }

  /** Frees its memory, once it will not be sent again. */
  async forget({ node, round, parts }: Unsent): Promise<void> {
    for (let at = 0; at < parts.length; at += AT_ONCE)
      await this.#syncOf('1', node, round + 2 * NEXT + at, parts.slice(at, at + AT_ONCE));
  }

  async #syncOf(how: '1' | '2', node: string, number: number, parts: Unsent['parts']): Promise<void> {
    const values = parts.flatMap(({ name, ttlMs, used, most }) => [name, ttlMs, used, used, 1, most, 0]);
    const head = [node, number, how, this.#redis.bornEpochMs];
    const answer = (await this.#redis.run(SYNC, [...head, ...values])) as string[];
    if (answer[0] !== 'lost') return;
    this.#redis.hasForgotten();
    throw new Error('it has lost its data');
  }

  /** Nothing more is taken from it. What Redis does not have yet is still sent. */
  drop(part: Part): void {
    part.isOver = true;
    if (part.used === part.have) this.#known.delete(part.name);
    else this.sync(part);
  }

  /** Sends it in this turn of the event loop, or right after the message under way. */
  sync(part: Part): void {
    this.#dirty.add(part);
    if (this.#isPlanned || this.#sending || !this.#redis.isUp) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.#isPlanned = false;
      this.#send();
    });
  }

  /** Calls it after each message, also if that has failed. */
  onSynced(listener: Synced): void {
    this.#listeners.push(listener);
  }

  /** Calls it when another gateway has given back what this one may wait for. */
  onFreed(listener: (name: string) => void): void {
    this.#freed.push(listener);
  }

  /** Calls it when another gateway lacks what this one may have. */
  onRecalled(listener: (name: string) => void): void {
    this.#recalls.push(listener);
  }

  /** Sends all parts a last time, if Redis is reachable. */
  async close(): Promise<void> {
    await this.#sending;
    const all = [...this.#known.values()].filter(({ have, used }) => have + used > 0);
    for (let at = 0; at < all.length && this.#redis.isUp; at += AT_ONCE)
      await this.#askLast(all.slice(at, at + AT_ONCE));
  }

  /** First the use, then that it was the last: if that alone is lost, it cannot be sent again. */
  async #askLast(batch: readonly Part[]): Promise<void> {
    try {
      await this.#ask(batch, false);
    } catch {
      for (const part of batch) this.#dirty.add(part);
      return;
    }
    for (const part of batch) this.#dirty.delete(part);
    await this.#ask(batch, true).catch(() => undefined);
  }

  #send(): void {
    if (this.#sending || this.#dirty.size === 0) return;
    if (!this.#redis.isUp) return this.#notify([]);
    const batch = [...this.#dirty].slice(0, AT_ONCE);
    for (const part of batch) this.#dirty.delete(part);
    this.#underWay = batch;
    this.#sending = this.#ask(batch, false)
      .catch(() => {
        for (const part of batch) this.#dirty.add(part);
      })
      .then(() => {
        this.#sending = undefined;
        this.#underWay = [];
        this.#notify(batch);
        if (this.#redis.isUp) this.#send();
      });
  }

  #notify(batch: readonly Part[]): void {
    for (const listener of this.#listeners) listener(batch);
  }

  async #ask(batch: readonly Part[], isLast: boolean): Promise<void> {
    const { node, isExact, bornEpochMs } = this.#redis;
    const round = ++this.round;
    const now = this.now();
    // Nothing is given out as long as the use of some gateway is missing.
    const values = batch.flatMap((part) => part.toSync(now, isLast || !isExact));
    const answer = (await this.#redis.run(SYNC, [
      node,
      round,
      isLast ? 1 : 0,
      bornEpochMs,
      ...values,
    ])) as string[];
    if (answer[0] === 'lost') {
      this.#redis.hasForgotten();
      throw new Error('it has lost its data');
    }
    if (answer.length === 0) throw new Error('a later message came first');
    if (!isExact) {
      for (const part of batch) part.round = round;
      return;
    }
    for (const [at, part] of batch.entries()) {
      const each = answer.slice(5 * at, 5 * at + 5).map(Number);
      part.synced(each, round);
      if (part.isOver && part.used === part.have) this.#known.delete(part.name);
    }
  }

  /** Gives idle parts back, and requests the use by others for some counters in turns. */
  #beat(): void {
    if (!this.#redis.isUp) return;
    const now = this.now();
    let shown = 0;
    const all = [...this.#known.values()];
    for (const part of all) {
      if (part.isOwed(now)) this.sync(part);
      else if (part.have + part.used > 0 && shown < SHOWN) {
        shown++;
        // To the end of the order: the others come first at the next heartbeat.
        this.#known.delete(part.name);
        this.#known.set(part.name, part);
        this.sync(part);
      }
    }
    this.#send();
  }

  #recalled(name: string): void {
    const part = this.#known.get(name);
    if (!part) return;
    part.recall(this.now());
    if (part.have > part.used || !part.isTight) this.sync(part);
    for (const recalled of this.#recalls) recalled(name);
  }
}

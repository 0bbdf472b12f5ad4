import { isDeepStrictEqual } from 'node:util';
import type { Redis } from './redis.ts';
import { READ, PUBLISH } from './facts-scripts.ts';

/** What one gateway has found out, and others use until it lapses: names have no space, texts are JSON. */
export type Fact = Readonly<Record<string, string | number | boolean>>;

/**
 * @param ms how long it holds from now; undefined: it has ended, and `fact` is its last value
 * @returns false: its subject is not there yet, and it is to be offered again
 */
export type FactListener = (fact: Fact, ms: number | undefined) => boolean;

interface Known {
  /** undefined: it has ended, and the others do not know that yet */
  readonly fact: Fact | undefined;
  /** on the monotonic clock */
  readonly untilMs: number;
  readonly isOwn: boolean;
}

/** most facts that are kept; the oldest is dropped first */
const MOST = 10_000;
/** ms by which the end of one fact may differ from reading to reading */
const SAME_MS = 100;
const CHANNEL = 'facts:news';

/**
 * Facts that gateways share. A fact has durations, so clocks do not matter. It is published to those that listen, and kept
 * in Redis for the others: a number that grows with each fact shows that one was missed. A received fact is never published
 * again.
 */
export class Facts {
  readonly #redis: Redis;
  readonly #now: () => number;
  readonly #known = new Map<string, Known>();
  readonly #listeners = new Map<string, FactListener>();
  /** Names of facts whose subject is not there yet, such as a provider of the next config. */
  readonly #early = new Set<string>();
  #version = -1;
  #isReading = false;

  /** @param now ms on a monotonic clock */
  constructor(redis: Redis, now: () => number) {
    this.#redis = redis;
    this.#now = now;
    redis.subscribe(CHANNEL, (text) => this.#received(text));
    redis.onFound(() => void this.#found());
    redis.onBeat(() => {
      this.offer();
      if (redis.isUp && redis.factsVersion !== this.#version) void this.#read();
    });
  }

  /** Subscribes to facts of a kind, including those that hold already. @returns unsubscribes */
  on(kind: string, listener: FactListener): () => void {
    this.#listeners.set(kind, listener);
    for (const [name] of this.#known) if (kindOf(name) === kind) this.#early.add(name);
    this.offer();
    return () => {
      if (this.#listeners.get(kind) === listener) this.#listeners.delete(kind);
    };
  }

  /** Offers facts whose subject was not there. */
  offer(): void {
    const now = this.#now();
    for (const name of this.#early) {
      const { fact, untilMs = 0 } = this.#known.get(name) ?? {};
      const listener = this.#listeners.get(kindOf(name));
      if (!fact || untilMs <= now || listener?.(fact, untilMs - now) === true) this.#early.delete(name);
    }
  }

  /** @param fact undefined: it has ended @param ms how long it holds */
  publish(name: string, fact: Fact | undefined, ms: number): void {
    this.#know(name, { fact, untilMs: this.#now() + ms, isOwn: true });
    if (this.#redis.isUp) this.#send(name);
  }

  /** Those that hold, by any gateway. */
  *holding(): Iterable<readonly [name: string, fact: Fact]> {
    const now = this.#now();
    for (const [name, { fact, untilMs }] of this.#known) if (fact && untilMs > now) yield [name, fact];
  }

  #send(name: string): void {
    const known = this.#known.get(name);
    if (!known) return;
    const { fact, untilMs } = known;
    const ms = Math.ceil(untilMs - this.#now());
    const text = fact ? JSON.stringify(fact) : '';
    this.#redis.run(PUBLISH, [this.#redis.node, name, text, Math.max(1, ms)]).then(
      () => {
        if (!fact && this.#known.get(name) === known) this.#known.delete(name);
      },
      // It is sent when Redis is reachable again.
      () => undefined,
    );
  }

  #received(text: string): void {
    const [version, node, name, value, ms] = JSON.parse(text) as [number, string, string, string, number];
    if (version <= this.#version) return;
    const isNext = version === this.#version + 1;
    if (isNext) this.#version = version;
    if (node !== this.#redis.node) this.#take(name, value, ms);
    if (!isNext) void this.#read();
  }

  #take(name: string, value: string, ms: number): void {
    const before = this.#known.get(name)?.fact;
    const listener = this.#listeners.get(kindOf(name));
    if (value === '') {
      this.#known.delete(name);
      if (before) listener?.(before, undefined);
      return void this.#early.delete(name);
    }
    const fact = JSON.parse(value) as Fact;
    const known = this.#known.get(name);
    const untilMs = this.#now() + ms;
    this.#know(name, { fact, untilMs, isOwn: false });
    // A fact is read again after another one was missed.
    const isKnown =
      known && Math.abs(known.untilMs - untilMs) < SAME_MS && isDeepStrictEqual(known.fact, fact);
    if (!isKnown && listener?.(fact, ms) !== true) this.#early.add(name);
  }

  /** Redis is reachable again, and may have lost its data: sends the own facts, and reads those of others. */
  async #found(): Promise<void> {
    const now = this.#now();
    for (const [name, { isOwn, untilMs }] of this.#known) if (isOwn && untilMs > now) this.#send(name);
    await this.#read();
  }

  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      const [version, ...each] = (await this.#redis.run(READ, [])) as [number, ...(string | number)[]];
      this.#version = version;
      const kept = new Set<string>();
      for (let at = 0; at < each.length; at += 3) {
        const [name, ms, value] = each.slice(at, at + 3) as [string, number, string];
        kept.add(name);
        if (!this.#known.get(name)?.isOwn) this.#take(name, value, ms);
      }
      for (const [name, { isOwn }] of this.#known) if (!isOwn && !kept.has(name)) this.#take(name, '', 0);
    } catch {
      // Redis is lost; facts are read when it is reachable again.
    } finally {
      this.#isReading = false;
    }
  }

  #know(name: string, known: Known): void {
    this.#known.delete(name);
    this.#known.set(name, known);
    if (this.#known.size <= MOST) return;
    const [first] = this.#known.keys();
    this.#known.delete(first as string);
  }
}

const kindOf = (name: string): string => name.slice(0, name.indexOf(' '));

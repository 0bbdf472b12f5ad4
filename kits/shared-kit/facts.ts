import { isDeepStrictEqual } from 'node:util';
import type { Redis } from './redis.ts';
import { READ, TELL } from './facts-scripts.ts';

/** What one gateway has found out, and others go by until it lapses: names have no space, texts are JSON. */
export type Fact = Readonly<Record<string, string | number | boolean>>;

/**
 * @param ms how long it holds from now; undefined: it holds no more, and `fact` is what was known of it
 * @returns false: what it is about is not there, and it is to be told again
 */
export type HearsFact = (fact: Fact, ms: number | undefined) => boolean;

interface Known {
  /** undefined: it holds no more, and the others have not heard that */
  readonly fact: Fact | undefined;
  /** on the monotonic clock */
  readonly untilMs: number;
  readonly isOwn: boolean;
}

/** the most that is remembered; the first to be known goes first */
const MOST = 10_000;
/** ms by which the end of one fact may differ from reading to reading */
const SAME_MS = 100;
const CHANNEL = 'facts:news';

/**
 * Facts that gateways tell one another. A fact is told by durations, so clocks do not matter. It is published to those that
 * listen, and kept for those that do not: a number that grows with each fact shows that one was missed. What is heard is
 * never told on.
 */
export class Facts {
  readonly #redis: Redis;
  readonly #now: () => number;
  readonly #known = new Map<string, Known>();
  readonly #listeners = new Map<string, HearsFact>();
  /** Names of facts about what is not there yet: a provider that comes with the next config. */
  readonly #early = new Set<string>();
  #version = -1;
  #isReading = false;

  /** @param now ms on a monotonic clock */
  constructor(redis: Redis, now: () => number) {
    this.#redis = redis;
    this.#now = now;
    redis.hear(CHANNEL, (text) => this.#heard(text));
    redis.onFound(() => void this.#found());
    redis.onBeat(() => {
      this.offer();
      if (redis.isUp && redis.factsVersion !== this.#version) void this.#read();
    });
  }

  /** Hears facts of a kind, those that hold already included. @returns ends that */
  on(kind: string, hears: HearsFact): () => void {
    this.#listeners.set(kind, hears);
    for (const [name] of this.#known) if (kindOf(name) === kind) this.#early.add(name);
    this.offer();
    return () => {
      if (this.#listeners.get(kind) === hears) this.#listeners.delete(kind);
    };
  }

  /** What could not be heard before may be now. */
  offer(): void {
    const now = this.#now();
    for (const name of this.#early) {
      const { fact, untilMs = 0 } = this.#known.get(name) ?? {};
      const hears = this.#listeners.get(kindOf(name));
      if (!fact || untilMs <= now || hears?.(fact, untilMs - now) === true) this.#early.delete(name);
    }
  }

  /** @param fact undefined: it holds no more @param ms how long it holds */
  tell(name: string, fact: Fact | undefined, ms: number): void {
    this.#know(name, { fact, untilMs: this.#now() + ms, isOwn: true });
    if (this.#redis.isUp) this.#send(name);
  }

  /** Those that hold, whichever gateway has told them. */
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
    this.#redis.run(TELL, [this.#redis.node, name, text, Math.max(1, ms)]).then(
      () => {
        if (!fact && this.#known.get(name) === known) this.#known.delete(name);
      },
      // It is told when Redis is found.
      () => undefined,
    );
  }

  #heard(text: string): void {
    const [version, node, name, told, ms] = JSON.parse(text) as [number, string, string, string, number];
    if (version <= this.#version) return;
    const isNext = version === this.#version + 1;
    if (isNext) this.#version = version;
    if (node !== this.#redis.node) this.#take(name, told, ms);
    if (!isNext) void this.#read();
  }

  #take(name: string, told: string, ms: number): void {
    const before = this.#known.get(name)?.fact;
    const hears = this.#listeners.get(kindOf(name));
    if (told === '') {
      this.#known.delete(name);
      if (before) hears?.(before, undefined);
      return void this.#early.delete(name);
    }
    const fact = JSON.parse(told) as Fact;
    const known = this.#known.get(name);
    const untilMs = this.#now() + ms;
    this.#know(name, { fact, untilMs, isOwn: false });
    // It is read again after another one was missed.
    const isKnown =
      known && Math.abs(known.untilMs - untilMs) < SAME_MS && isDeepStrictEqual(known.fact, fact);
    if (!isKnown && hears?.(fact, ms) !== true) this.#early.add(name);
  }

  /** Redis is there again, and may have forgotten: it hears what this gateway has told, and tells the rest. */
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
        const [name, ms, told] = each.slice(at, at + 3) as [string, number, string];
        kept.add(name);
        if (!this.#known.get(name)?.isOwn) this.#take(name, told, ms);
      }
      for (const [name, { isOwn }] of this.#known) if (!isOwn && !kept.has(name)) this.#take(name, '', 0);
    } catch {
      // It is lost, and is read when it is found.
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

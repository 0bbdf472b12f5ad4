import { GatewayError } from '../../../../core/errors.ts';
import type { Part, Parts, Redis } from '../../../../kits/shared-kit/index.ts';
import type { Bound, CounterStore } from '../counter-store.ts';
import type { Amounts } from '../limits.ts';
import type { Span } from '../span.ts';
import { SharedCounter } from './shared-counter.ts';

/** A request that needs more of a counter than this gateway holds. */
interface Waiting<One> {
  readonly bounds: readonly One[];
  parts: readonly Part[];
  readonly amounts: Amounts;
  /** the message after which it was asked for */
  round: number;
  /** until when it waits for what other gateways give back; undefined: none has to */
  untilMs: number | undefined;
  /** It is to ask again: others may have given something back by then, or what it was granted went to another request. */
  isEarly: boolean;
  readonly answer: (spent: One | undefined) => void;
}

/** ms that a request waits for other gateways to give back what they hold, and how often it asks meanwhile */
const PATIENCE_MS = 250;
const AGAIN_MS = 4;

/**
 * Counters that gateways share in Redis. Each gateway holds a small part of what is left, which Redis counts as used: a
 * request in a quiet limit takes from it without a round trip. Where there is too little, requests ask for what they need,
 * many in one message, and no request is refused before the other gateways have given back what they hold. While Redis is
 * lost each gateway has a share of what was left. A gateway sends its whole use, so a lost or repeated message changes
 * nothing.
 */
export class RedisCounters<One extends Bound = Bound> implements CounterStore<One> {
  readonly #parts: Parts;
  readonly #redis: Redis;
  readonly #counters = new Map<string, SharedCounter>();
  #waiting: Waiting<One>[] = [];
  #again: NodeJS.Timeout | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#redis = parts.redis;
    parts.onSynced(() => this.#answer());
  }

  get problem(): string | undefined {
    const { problem, isExact, isFleetUnknown, evicts } = this.#redis;
    if (problem !== undefined && isFleetUnknown)
      return `Redis cannot be asked (${problem}): this gateway has not heard yet what others have used, and answers no request that has a limit`;
    if (problem !== undefined)
      return `Redis cannot be asked (${problem}): this gateway has its share of each limit, and tells Redis afterwards what was used`;
    return isExact ? evicts : 'Redis is back, and gateways send it what they have used without it';
  }

  counter(name: string, span: Span | undefined): SharedCounter {
    const known = this.#counters.get(name);
    if (known) return known;
    const counter = new SharedCounter(name, span, this.#parts);
    this.#counters.set(name, counter);
    return counter;
  }

  /** @throws GatewayError `store_unavailable` where it is not known what this gateway's share is */
  reserve(bounds: readonly One[], amounts: Amounts): One | undefined | Promise<One | undefined> {
    if (bounds.length === 0) return undefined;
    if (this.#redis.isFleetUnknown) throw this.#unheard();
    if (!this.#redis.isExact) return this.#takeAlone(bounds, amounts);
    if (this.#take(bounds, amounts)) return undefined;
    return new Promise((answer) => {
      const parts = bounds.map(partOf);
      this.#want({ bounds, parts, amounts, round: 0, untilMs: undefined, isEarly: false, answer });
    });
  }

  settle(bounds: readonly One[], reserved: Amounts, used: Amounts, at: number, now: number): void {
    for (const bound of bounds) {
      const more = used[bound.counted] - reserved[bound.counted];
      if (more === 0) continue;
      const part = partOf(bound);
      const isOver = (bound.counter as SharedCounter).hasBegunSince(at, now);
      // What was taken in a span that is over is not given back in this one.
      part.used = Math.max(0, part.used + (isOver ? Math.max(0, more) : more));
      if (part.isOwed(this.#parts.now())) this.#parts.sync(part);
    }
  }

  close(): void {
    clearTimeout(this.#again);
  }

  /** From what is held here, if all of it is. */
  #take(bounds: readonly One[], amounts: Amounts): boolean {
    for (const bound of bounds) {
      const amount = amounts[bound.counted];
      if (amount > 0 && !partOf(bound).holds(amount)) return false;
    }
    const now = this.#parts.now();
    for (const bound of bounds) {
      const part = partOf(bound);
      part.use(amounts[bound.counted], now);
      if (part.isLow) this.#parts.sync(part);
    }
    return true;
  }

  #takeAlone(bounds: readonly One[], amounts: Amounts): One | undefined {
    const spent = bounds.find((bound) => {
      const amount = amounts[bound.counted];
      return amount > 0 && !partOf(bound).holdsAlone(amount, this.#redis);
    });
    if (spent) return spent;
    const now = this.#parts.now();
    for (const bound of bounds) {
      const part = partOf(bound);
      part.use(amounts[bound.counted], now);
      this.#parts.sync(part);
    }
    return undefined;
  }

  /** A gateway that assumed that it is the only one would admit what others admit, too. */
  #unheard(): GatewayError {
    this.#redis.refused();
    return new GatewayError(
      'store_unavailable',
      'what is left of a limit is not known: this gateway has just begun to share limits, and Redis cannot be asked yet',
    );
  }

  #want(waiting: Waiting<One>): void {
    this.#waiting.push(waiting);
    this.#ask(waiting);
  }

  #ask(waiting: Waiting<One>): void {
    waiting.round = this.#parts.round;
    eachWanted(waiting, (part, amount) => {
      part.wanted += amount;
      part.step = Math.min(part.step, amount);
      this.#parts.sync(part);
    });
  }

  /** After a message: in the order in which they came. */
  #answer(): void {
    if (this.#waiting.length === 0) return;
    const all = this.#waiting;
    this.#waiting = [];
    for (const waiting of all) {
      const spent = this.#answerTo(waiting);
      if (spent === 'later') {
        this.#waiting.push(waiting);
        continue;
      }
      noLongerWanted(waiting);
      waiting.answer(spent);
    }
    const now = this.#parts.now();
    // Amounts for a request that was refused all the same go back.
    for (const { parts } of all) for (const part of parts) if (part.isOwed(now)) this.#parts.sync(part);
    if (this.#waiting.some(({ isEarly }) => isEarly))
      this.#again ??= setTimeout(() => this.#askAgain(), AGAIN_MS);
  }

  #answerTo(waiting: Waiting<One>): One | undefined | 'later' {
    const { bounds, parts, amounts } = waiting;
    if (!this.#redis.isExact) return this.#takeAlone(bounds, amounts);
    if (this.#take(bounds, amounts)) return undefined;
    if (bounds.some((bound, at) => partOf(bound) !== parts[at])) {
      // Another span has begun meanwhile.
      noLongerWanted(waiting);
      waiting.parts = bounds.map(partOf);
      this.#ask(waiting);
      return 'later';
    }
    const lacking = bounds.filter(
      ({ counted }, at) => amounts[counted] > 0 && !parts[at]!.holds(amounts[counted]),
    );
    const ofThem = parts.filter((part, at) => lacking.includes(bounds[at]!));
    if (ofThem.some(({ round }) => round <= waiting.round)) return 'later';
    const now = this.#parts.now();
    const isLeft = (bound: One): boolean => partOf(bound).isLeft(amounts[bound.counted]);
    const mayCome = ofThem.some(({ mayWait }) => mayWait) || lacking.every(isLeft);
    if (mayCome && now < (waiting.untilMs ??= now + PATIENCE_MS)) {
      waiting.isEarly = true;
      return 'later';
    }
    const nowEpochMs = this.#redis.date();
    return lacking.reduce((last, one) =>
      one.counter.endsEpochMs(nowEpochMs) > last.counter.endsEpochMs(nowEpochMs) ? one : last,
    );
  }

  #askAgain(): void {
    this.#again = undefined;
    for (const waiting of this.#waiting) {
      if (!waiting.isEarly) continue;
      waiting.isEarly = false;
      waiting.round = this.#parts.round;
      eachWanted(waiting, (part) => this.#parts.sync(part));
    }
  }
}

function partOf({ counter, most }: Bound): Part {
  const { part } = counter as SharedCounter;
  part.most = most;
  return part;
}

function eachWanted<One extends Bound>(
  { bounds, parts, amounts }: Waiting<One>,
  then: (part: Part, amount: number) => void,
): void {
  for (const [at, { counted }] of bounds.entries())
    if (amounts[counted] > 0) then(parts[at]!, amounts[counted]);
}

function noLongerWanted<One extends Bound>(waiting: Waiting<One>): void {
  eachWanted(waiting, (part, amount) => {
    part.wanted -= amount;
    if (part.wanted === 0) part.step = Infinity;
  });
}

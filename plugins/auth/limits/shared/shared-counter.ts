import type { Parts } from '../../../../kits/shared-kit/index.ts';
import { Part } from '../../../../kits/shared-kit/part.ts';
import { Counter } from '../counter.ts';
import { beginOf, endOf, type Span } from '../span.ts';

const DAY_MS = 86_400_000;
/** ms that Redis keeps a counter from its last use: as long as its span at least */
const KEEP_MS: Readonly<Record<Span, number>> = {
  minute: 600_000,
  hour: 7_200_000,
  day: 2 * DAY_MS,
  month: 62 * DAY_MS,
  // Above any time: it is kept.
  total: 1e14,
};

/** Of what is left, a gateway holds a twentieth or a quarter, divided by the gateways: what is in use at once comes back soon. */
const SHARE = { span: 20, atOnce: 4 };

/** A counter that gateways share: its spans begin by Redis's clock. */
export class SharedCounter extends Counter {
  readonly #parts: Parts;
  #part: Part | undefined;
  #beganEpochMs = 0;
  #endsEpochMs = 0;

  constructor(name: string, span: Counter['span'], parts: Parts) {
    super(name, span);
    this.#parts = parts;
  }

  /** this gateway's part in the span that is now */
  get part(): Part {
    const date = this.#parts.redis.date();
    if (this.#part && date < this.#endsEpochMs) return this.#part;
    if (this.#part) this.#parts.drop(this.#part);
    const { name, span } = this;
    const begins = span ? beginOf(span, Math.floor(date)) : 0;
    this.#beganEpochMs = begins;
    this.#endsEpochMs = span ? endOf(span, begins) : Infinity;
    const [ttlMs, share] = span ? [KEEP_MS[span], SHARE.span] : [0, SHARE.atOnce];
    this.#part = new Part({ name: `${name}:${begins}`, ttlMs, share });
    this.#parts.add(this.#part);
    return this.#part;
  }

  /** Whether its span began after that. @param atEpochMs, nowEpochMs by this gateway's clock */
  hasBegunSince(atEpochMs: number, nowEpochMs: number): boolean {
    return this.#parts.redis.date() - (nowEpochMs - atEpochMs) < this.#beganEpochMs;
  }

  override used(): number {
    return this.part.usedByAll;
  }

  override beganEpochMs(): number {
    void this.part;
    return this.#beganEpochMs;
  }

  override endsEpochMs(nowEpochMs: number): number {
    void this.part;
    return this.#endsEpochMs - this.#parts.redis.date() + nowEpochMs;
  }
}

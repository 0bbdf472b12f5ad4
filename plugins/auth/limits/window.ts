/** Spans that limits are said for, in ms. They begin with the minute, hour or day of UTC. */
export const SPANS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
export type Span = keyof typeof SPANS;

/** What was used of one span of time. Each span begins at nothing. */
export class Window {
  readonly spanMs: number;
  #beganEpochMs: number;
  #used: number;

  constructor(span: Span, [beganEpochMs, used]: readonly [number, number] = [0, 0]) {
    this.spanMs = SPANS[span];
    this.#beganEpochMs = beganEpochMs;
    this.#used = used;
  }

  used(nowEpochMs: number): number {
    this.#roll(nowEpochMs);
    return this.#used;
  }

  /** ms until it begins again */
  restMs(nowEpochMs: number): number {
    return this.spanMs - (nowEpochMs % this.spanMs);
  }

  /** @returns when the span began that it was taken from */
  take(amount: number, nowEpochMs: number): number {
    this.#roll(nowEpochMs);
    this.#used += amount;
    return this.#beganEpochMs;
  }

  /** What was reserved is replaced by what was used. Of a span that is over only what was not reserved counts, now. */
  settle(reserved: number, used: number, beganEpochMs: number, nowEpochMs: number): void {
    this.#roll(nowEpochMs);
    const more = used - reserved;
    this.#used += this.#beganEpochMs === beganEpochMs ? more : Math.max(0, more);
  }

  get saved(): readonly [beganEpochMs: number, used: number] {
    return [this.#beganEpochMs, this.#used];
  }

  #roll(nowEpochMs: number): void {
    const began = nowEpochMs - (nowEpochMs % this.spanMs);
    if (began === this.#beganEpochMs) return;
    this.#beganEpochMs = began;
    this.#used = 0;
  }
}

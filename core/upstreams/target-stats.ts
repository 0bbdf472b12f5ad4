import type * as contract from '../contracts/index.ts';
import type { Blocks, Lesson } from '../contracts/index.ts';
import { Circuit } from './circuit.ts';
import { LatencyEwma } from './latency-ewma.ts';
import { GrowingPause } from './growing-pause.ts';

/** Weight of one new observation in a running average. */
const SHARE = 0.2;
/** With more failures than that, three in a row, it no longer answers well. */
const UNWELL = 0.4;

/** Live numbers and blocks of one provider's model. */
export class TargetStats implements contract.TargetStats {
  /** of the target that takes any name, where this is one of its names: that one is told all that happens */
  readonly #through: TargetStats | undefined;
  inflight = 0;
  begun = 0;
  latencyMs = 0;
  ttftMs = 0;
  errorRate = 0;
  readonly content: LatencyEwma;
  readonly whole: LatencyEwma;
  wellSinceMs: number | undefined;
  reachedAtMs = 0;
  failedAtMs = 0;
  readonly blocks: Blocks = new Map();
  readonly circuit: Circuit = new Circuit(this);
  /** Where it is used up and says no time. */
  readonly #pause = new GrowingPause();
  /** It was seen to answer: there is such a model. */
  hasAnswered = false;

  /** @param through a name that is new begins with what is known of the provider's others */
  constructor(through?: TargetStats) {
    this.#through = through;
    this.content = new LatencyEwma(through?.content);
    this.whole = new LatencyEwma(through?.whole);
    this.wellSinceMs = through?.wellSinceMs;
  }

  begin(): void {
    this.inflight++;
    this.begun++;
    this.circuit.policy?.began();
    this.#through?.begin();
  }

  /** The upstream's side of an attempt is over. */
  end(): void {
    this.inflight--;
    this.#through?.end();
  }

  /** An attempt that began then, on the clock of `performance.now()`, has content. */
  spoke(beganMs: number): void {
    this.circuit.policy?.spoke(beganMs);
    this.#through?.spoke(beganMs);
  }

  learn(lesson: Lesson, now: number): void {
    this.#through?.learn(lesson, now);
    const { outcome, stream, tookMs, ttftMs } = lesson;
    const pace = stream ? this.content : this.whole;
    if (outcome === 'failed') this.failedAtMs = now;
    else if (outcome !== 'left') this.reachedAtMs = now;
    if (outcome === 'left' || outcome === 'refused') return pace.atLeast(ttftMs ?? tookMs, now);
    this.errorRate += SHARE * ((outcome === 'answered' ? 0 : 1) - this.errorRate);
    if (outcome === 'failed') {
      if (this.errorRate > UNWELL) this.markUnwell();
      return pace.atLeast(ttftMs ?? tookMs, now);
    }
    this.wellSinceMs ??= now;
    this.hasAnswered = true;
    this.#pause.answered();
    pace.observe((stream ? ttftMs : undefined) ?? tookMs, now);
    this.latencyMs = average(this.latencyMs, tookMs);
    if (ttftMs !== undefined) this.ttftMs = average(this.ttftMs, ttftMs);
  }

  pauseMs(now: number): number {
    return this.#pause.next((this.blocks.get('quota')?.untilMs ?? 0) - now);
  }

  markUnwell(): void {
    this.wellSinceMs = undefined;
  }

  doubt(): void {
    this.content.atMs = -Infinity;
    this.whole.atMs = -Infinity;
  }

  age(ms: number): void {
    this.content.atMs -= ms;
    this.whole.atMs -= ms;
  }

  reset(): void {
    this.blocks.clear();
    this.failedAtMs = 0;
    this.#begin();
  }

  renew(): void {
    for (const [reason, { guess }] of this.blocks) if (guess) this.blocks.delete(reason);
    this.#begin();
  }

  #begin(): void {
    this.circuit.reset();
    this.#pause.answered();
    this.forget();
  }

  forget(): void {
    this.errorRate = 0;
    this.content.forget();
    this.whole.forget();
  }
}

function average(old: number, seen: number): number {
  return old === 0 ? seen : old + SHARE * (seen - old);
}

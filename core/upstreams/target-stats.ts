import type * as contract from '../contracts/index.ts';
import type { Blocks, Circuit, Lesson } from '../contracts/index.ts';
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
  /** how many attempts there ever were */
  begun = 0;
  latency = 0;
  ttft = 0;
  errorRate = 0;
  /** until the first content of streams, and until the whole of answers that are none */
  readonly content: LatencyEwma;
  readonly whole: LatencyEwma;
  /** when it began to answer well, on the gateway's clock, ms; undefined: it does not, or nobody knows yet */
  since: number | undefined;
  /** when it last gave an answer of its own, a refusal among them, and when it last failed; 0: never */
  reachedAt = 0;
  failedAt = 0;
  readonly blocks: Blocks = new Map();
  /** until when one request finds out how it is, on the gateway's clock, ms */
  probingUntil = 0;
  /** What is remembered of its failures; undefined: it is well. */
  circuit: Circuit | undefined;
  /** Where it is used up and says no time. */
  readonly #pause = new GrowingPause();
  /** It was seen to answer: there is such a model. */
  hasAnswered = false;

  /** @param through a name that is new begins with what is known of the provider's others */
  constructor(through?: TargetStats) {
    this.#through = through;
    this.content = new LatencyEwma(through?.content);
    this.whole = new LatencyEwma(through?.whole);
    this.since = through?.since;
  }

  /** Others than that one go elsewhere if they can: no block, for nobody is refused for it. */
  isProbing(now: number): boolean {
    return this.probingUntil > now;
  }

  begin(): void {
    this.inflight++;
    this.begun++;
    this.circuit?.began();
    this.#through?.begin();
  }

  /** The upstream's side of an attempt is over. */
  end(): void {
    this.inflight--;
    this.#through?.end();
  }

  /** Content comes of an attempt that began then, on the clock of `performance.now()`. */
  spoke(began: number): void {
    this.circuit?.spoke(began);
    this.#through?.spoke(began);
  }

  /** What an ended attempt teaches; an answer that failed fast must not look fast. */
  learn(lesson: Lesson, now: number): void {
    this.#through?.learn(lesson, now);
    const { outcome, stream, ms, ttft } = lesson;
    const pace = stream ? this.content : this.whole;
    if (outcome === 'failed') this.failedAt = now;
    else if (outcome !== 'left') this.reachedAt = now;
    if (outcome === 'left' || outcome === 'refused') return pace.atLeast(ttft ?? ms, now);
    this.errorRate += SHARE * ((outcome === 'answered' ? 0 : 1) - this.errorRate);
    if (outcome === 'failed') {
      if (this.errorRate > UNWELL) this.since = undefined;
      return pace.atLeast(ttft ?? ms, now);
    }
    this.since ??= now;
    this.hasAnswered = true;
    this.#pause.answered();
    pace.observe((stream ? ttft : undefined) ?? ms, now);
    this.latency = average(this.latency, ms);
    if (ttft !== undefined) this.ttft = average(this.ttft, ttft);
  }

  /** How long it is left alone that is used up and did not say how long, ms. */
  pauseOf(now: number): number {
    return this.#pause.next((this.blocks.get('quota')?.until ?? 0) - now);
  }

  /** What is known of it holds no more, as if it had not been asked for long, until its next answer. */
  doubt(): void {
    this.content.at = -Infinity;
    this.whole.at = -Infinity;
  }

  /** What is known of it is so many ms older. */
  age(ms: number): void {
    this.content.at -= ms;
    this.whole.at -= ms;
  }

  /** What was learned against it is forgotten. */
  reset(): void {
    this.blocks.clear();
    this.failedAt = 0;
    this.#begin();
  }

  /** Its process was started again: failures of the one before say nothing of this one. */
  renew(): void {
    for (const [reason, { guess }] of this.blocks) if (guess) this.blocks.delete(reason);
    this.#begin();
  }

  #begin(): void {
    this.circuit = undefined;
    this.probingUntil = 0;
    this.#pause.answered();
    this.forget();
  }

  /** What strategies go by is to be learned again. */
  forget(): void {
    this.errorRate = 0;
    this.content.forget();
    this.whole.forget();
  }
}

function average(old: number, seen: number): number {
  return old === 0 ? seen : old + SHARE * (seen - old);
}

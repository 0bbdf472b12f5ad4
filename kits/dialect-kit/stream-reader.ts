import type { Call, EventMeaning, Reader, SseEvent } from '../../core/contracts/index.ts';
import { StreamEstimate } from '../../wire/estimate-tokens.ts';
import { dataLines } from './data-lines.ts';
import { hasStop } from './silence.ts';

const any = (): boolean => true;

/** The common part of several readers: explains empty answers, and counts events that pass. */
export abstract class StreamReader implements Reader {
  protected readonly call: Call;
  protected readonly estimate = new StreamEstimate();
  protected isExplained = false;
  readonly #loud: readonly string[];
  readonly #hasStop: (call: Call) => boolean;

  /** @param loud words, of which each event that ends or breaks an answer has one @param stops whether the caller gave stop sequences */
  constructor(call: Call, loud: readonly string[], stops = hasStop) {
    this.call = call;
    this.#loud = loud;
    this.#hasStop = stops;
  }

  abstract get finished(): boolean;
  abstract read(event: SseEvent): EventMeaning;

  get explained(): boolean {
    return this.isExplained || (this.finished && this.#hasStop(this.call));
  }

  get tokens(): number {
    return this.estimate.tokens;
  }

  quiet(events: string): boolean {
    for (const word of this.#loud) if (events.includes(word)) return false;
    const count = dataLines(events, any);
    if (count > 0) this.estimate.passed(count, events.length);
    return true;
  }
}

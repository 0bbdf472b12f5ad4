import type { Normaliser, SseEvent } from '../contracts/index.ts';
import { eventsIn, frame } from '../../wire/sse/event.ts';
import { eventsOf } from '../../wire/framing/tail.ts';
import { Splitter } from '../../wire/sse/splitter.ts';
import type { Reading, Receiver } from './receiver.ts';
import type { StreamRelay } from './stream.ts';

/** Stands in front of a stream's relay, which then reads and judges what the provider would have sent without its quirks. */
export class NormalisedStream implements Receiver {
  readonly #normaliser: Normaliser;
  readonly #relay: StreamRelay;
  readonly #limits: Reading['limits'];
  readonly #splitter = new Splitter();

  constructor(normaliser: Normaliser, relay: StreamRelay, limits: Reading['limits']) {
    this.#normaliser = normaliser;
    this.#relay = relay;
    this.#limits = limits;
  }

  get tokens(): number | undefined {
    return this.#relay.tokens;
  }

  data(chunk: Buffer): void {
    const run = this.#splitter.push(chunk);
    if (this.#splitter.isNoise(chunk, run)) this.#relay.noise();
    if (run) this.#pass(run);
    if (this.#splitter.pending > this.#limits.event) this.#relay.tooLong();
  }

  end(): void {
    const last = this.#splitter.last();
    if (last) this.#pass(last);
    this.#say(this.#normaliser.end());
    this.#relay.end();
  }

  /** What was held back stays so: it may be half of an error. */
  broken(error: Error): void {
    this.#relay.broken(error);
  }

  #pass(run: Buffer): void {
    const said: SseEvent[] = [];
    for (const { event, whole } of eventsOf(run, eventsIn, this.#splitter.long))
      if (event.data !== '') said.push(...this.#normaliser.event(whole?.() ?? event));
    this.#say(said);
  }

  #say(events: readonly SseEvent[]): void {
    if (events.length > 0) this.#relay.data(Buffer.from(events.map(frame).join('')));
  }
}

import type { SseEvent, StreamEncoder } from '../../core/contracts/index.ts';

/** Events that are written again, one behind the other. */
export class WrittenStream {
  readonly #encoder: StreamEncoder;
  #isFirst = true;

  constructor(encoder: StreamEncoder) {
    this.#encoder = encoder;
  }

  write(events: readonly SseEvent[]): Buffer {
    let text = '';
    for (const event of events) {
      text += this.#encoder.frame(event, this.#isFirst);
      this.#isFirst = false;
    }
    return Buffer.from(text);
  }

  end(last: readonly SseEvent[]): Buffer {
    return Buffer.concat([this.write(last), Buffer.from(this.#encoder.end(this.#isFirst))]);
  }
}

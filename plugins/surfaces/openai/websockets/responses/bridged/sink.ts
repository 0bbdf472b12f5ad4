import type { AnswerHeaders, Sink, SseEvent } from '../../../../../../core/contracts/index.ts';
import { isObject, parseExact, type Json } from '../../../../../../kits/dialect-kit/json.ts';
import { eventsIn } from '../../../../../../wire/sse/event.ts';
import { Splitter } from '../../../../../../wire/sse/splitter.ts';
import type { PassingResponse } from '../../../responses/state/passing-response.ts';
import type { End } from '../../end.ts';
import { errorEvent, inLane, isLast, readMessage } from '../events.ts';

interface Parts {
  readonly client: End;
  /** '': none */
  readonly lane: string;
  readonly passing: PassingResponse;
  /** The answer ended without its end, and nothing told the client. */
  readonly broken: () => void;
  /** @param response whole, or as far as it came */
  readonly ended: (response: Json) => void;
}

/** The answer to one `response.create` that came over HTTP: each event of it is a message. */
export class EventSink implements Sink {
  readonly #parts: Parts;
  readonly #events = new Splitter();
  committed = false;
  /** as `response.created` has it */
  begun: Json | undefined;
  #isOver = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get closed(): boolean {
    return !this.#parts.client.isOpen;
  }

  whole(status: number, headers: AnswerHeaders, body: Buffer): void {
    if (status !== 200) {
      this.#send(errorEvent({ status, body }));
      return;
    }
    // Events that were made of an answer in one piece.
    this.head(status, headers);
    this.write(body);
    this.end();
  }

  head(status: number, headers: AnswerHeaders): void {
    this.committed = true;
    this.#parts.passing.head(status, headers);
  }

  write(bytes: Buffer): boolean {
    this.#parts.passing.read(bytes);
    const whole = this.#events.push(bytes);
    let isRead = true;
    if (whole) for (const { event } of eventsIn(whole)) isRead = this.#pass(event) && isRead;
    return isRead;
  }

  drained(callback: () => void): void {
    this.#parts.client.drained(callback);
  }

  end(): void {
    if (!this.#isOver) this.#parts.broken();
  }

  break(): void {
    this.end();
  }

  #pass({ event, data }: SseEvent): boolean {
    // A comment, or an end that messages do not have.
    if (!data.startsWith('{')) return true;
    const type = event || readMessage(Buffer.from(data))?.type || '';
    if (type === 'response.created') this.begun = responseIn(data);
    if (type === 'error') this.#isOver = true;
    if (isLast({ type })) {
      this.#isOver = true;
      const response = responseIn(data);
      if (response) this.#parts.ended(response);
    }
    return this.#send(data);
  }

  #send(message: string): boolean {
    return this.#parts.client.send(inLane(message, this.#parts.lane));
  }
}

function responseIn(data: string): Json | undefined {
  const event = parseExact(data);
  return isObject(event) && isObject(event.response) ? event.response : undefined;
}

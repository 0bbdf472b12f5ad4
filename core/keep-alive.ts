import type { Clock, Deadline } from './clock.ts';
import type { Context } from './contracts.ts';
import { passAtOnce } from './headers.ts';
import { note } from './note.ts';
import type { AnswerHeaders, HttpSink } from './sink.ts';

/** What it needs of the house. */
interface Keeping {
  readonly clock: Clock;
  readonly closing: boolean;
}

/**
 * Sends a comment to the caller of a stream whenever nothing was sent for `timeouts.keepalive`, so that neither the
 * caller nor a proxy in between takes a long silence for an end. Before the first content the head goes out with it;
 * that commits to nothing but a stream.
 */
export class KeepAlive implements Deadline {
  due = 0;
  next: Deadline | undefined;
  previous: Deadline | undefined;
  readonly #context: Context;
  readonly #sink: HttpSink;
  readonly #house: Keeping;
  readonly #every: number;

  /** @returns undefined where the caller wants no stream, or no comments */
  static of(context: Context, sink: HttpSink, house: Keeping): KeepAlive | undefined {
    if (!context.call.stream || context.timeouts.keepalive === 0) return undefined;
    return new KeepAlive(context, sink, house);
  }

  private constructor(context: Context, sink: HttpSink, house: Keeping) {
    this.#context = context;
    this.#sink = sink;
    this.#house = house;
    this.#every = context.timeouts.keepalive;
    sink.keepAlive = this;
    house.clock.watch(this);
    this.wrote();
  }

  /** The silence begins anew. */
  wrote(): void {
    this.due = this.#house.clock.coarse + this.#every;
  }

  expire(): void {
    this.wrote();
    const { dialect } = this.#context;
    // What is left to be said as the house closes is the end.
    if (this.#house.closing || this.#sink.closed) return;
    if (this.#sink.committed || this.#sink.isWaiting) return this.#sink.comment();
    // Only where each answer can be said as events is it known what its head will be.
    if (!dialect.unfold) return;
    this.#sink.wait(headOf(this.#context));
    note(this.#context, {
      remark: `nothing to send after ${this.#every} ms: the stream began with a comment`,
    });
  }

  over(): void {
    this.#house.clock.forget(this);
  }
}

/** What is known of an answer before there is one. */
function headOf({ id }: Context): AnswerHeaders {
  const headers: AnswerHeaders = {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-switchyard-request-id': id,
    'x-request-id': id,
  };
  passAtOnce(headers);
  return headers;
}

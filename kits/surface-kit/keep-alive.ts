import type { AnswerHeaders, Context, Deadline, DeadlineTimer } from '../../core/contracts/index.ts';
import { encoderOf } from '../../wire/framing/encoders.ts';
import { passAtOnce } from '../../wire/headers.ts';
import { addNote } from '../../core/trace/note.ts';
import type { HttpSink } from './http-sink.ts';

/** What it needs of the gateway. */
interface Keeping {
  readonly clock: DeadlineTimer;
  readonly closing: boolean;
}

/**
 * Sends a comment to the caller of a stream whenever nothing was sent for `timeouts.keepalive`, so that neither the
 * caller nor a proxy in between takes a long silence for an end. Before the first content the head goes out with it;
 * that commits to nothing but a stream.
 */
export class KeepAlive implements Deadline {
  dueMs = 0;
  next: Deadline | undefined;
  previous: Deadline | undefined;
  readonly #context: Context;
  readonly #sink: HttpSink;
  readonly #gateway: Keeping;
  readonly #everyMs: number;
  readonly #ping: string;

  /** @returns undefined where the caller wants no stream, or no comments */
  static of(context: Context, sink: HttpSink, gateway: Keeping): KeepAlive | undefined {
    if (!context.call.stream || context.timeouts.keepalive === 0) return undefined;
    const ping = pingOf(context);
    return ping === undefined ? undefined : new KeepAlive(context, sink, gateway, ping);
  }

  private constructor(context: Context, sink: HttpSink, gateway: Keeping, ping: string) {
    this.#context = context;
    this.#sink = sink;
    this.#gateway = gateway;
    this.#everyMs = context.timeouts.keepalive;
    this.#ping = ping;
    sink.keepAlive = this;
    gateway.clock.watch(this);
    this.wrote();
  }

  /** The silence begins again. */
  wrote(): void {
    this.dueMs = this.#gateway.clock.coarseMs + this.#everyMs;
  }

  expire(): void {
    this.wrote();
    // What is left to be said as the gateway closes is the end.
    if (this.#gateway.closing || this.#sink.closed) return;
    if (this.#sink.committed || this.#sink.isWaiting) return this.#sink.comment(this.#ping);
    // Only where each answer can be said as events is it known what its head will be.
    if (!this.#context.dialect.unfold) return;
    const takesComments = encoderOf(this.#context).comment?.startsWith(':') === true;
    this.#sink.wait(headOf(this.#context), this.#ping, takesComments);
    addNote(this.#context, {
      remark: `nothing to send after ${this.#everyMs} ms: the stream began with a comment`,
    });
  }

  over(): void {
    this.#gateway.clock.forget(this);
  }
}

/** undefined: its streams have nothing that its clients take for no piece of an answer */
function pingOf(context: Context): string | undefined {
  const { ping } = context.dialect;
  const encoder = encoderOf(context);
  return ping ? encoder.frame(ping, false) : encoder.comment;
}

/** What is known of an answer before there is one. */
function headOf(context: Context): AnswerHeaders {
  const { id } = context;
  const { idHeader = 'x-request-id' } = context.dialect;
  const headers: AnswerHeaders = {
    [idHeader]: id,
    'content-type': encoderOf(context).contentType,
    'cache-control': 'no-cache',
    'x-switchyard-request-id': id,
    'x-request-id': id,
  };
  passAtOnce(headers);
  return headers;
}

import type { IncomingHttpHeaders } from 'node:http';
import { callFor, type Asked, type Wires } from './call.ts';
import type { Clock, Watched } from './clock.ts';
import type { Attempt, Context, Ending, Target, Timeouts, UpstreamRequest } from './contracts.ts';
import { decoded } from './decode.ts';
import { GatewayError, type ErrorCode } from './errors.ts';
import type { Delivery, Receiver, Refusal } from './relay/delivery.ts';
import { receive } from './relay/receive.ts';
import { RefusedRelay } from './relay/refused.ts';
import { retryAfter } from './retry-after.ts';
import type { AnswerHeaders, Sink } from './sink.ts';
import type { Exchange, Handler, Transport } from './transport.ts';
import { connectError, resetError } from './upstream-error.ts';

/** What one attempt needs of the house. */
export interface Sending {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly wires: Wires;
  readonly limits: { readonly event: number; readonly answer: number };
  readonly now: () => number;
}

/** How an attempt ended, with what the last word to the client needs when no other attempt follows. */
export interface Sent {
  readonly attempt: Attempt;
  readonly error?: GatewayError;
  readonly refusal?: Refusal;
  readonly ending?: Ending;
}

/** An answer that is whole may leave its connection open this long (ms) before it is cut. */
const LINGER = 2_000;
/** A connection that had been used before and is reset before any byte was stale: so many are tried one after another. */
const STALE_TRIES = 5;

type Phase = 'connect' | 'firstByte' | 'firstContent' | 'idle' | 'paused' | 'over';

/**
 * One attempt at one target: sends, keeps the clocks, reads the answer through a receiver. Resolves when the client's
 * side is settled; `target.inflight` falls only when the upstream's side is over too.
 */
export function send(context: Context, target: Target, timeouts: Timeouts, sink: Sink, house: Sending): Promise<Sent> {
  return new Promise((resolve, reject) => {
    try {
      new Sender(context, target, timeouts, sink, house, resolve).start();
    } catch (error) {
      reject(error as Error);
    }
  });
}

class Sender implements Handler, Delivery {
  readonly #context: Context;
  readonly #target: Target;
  readonly #timeouts: Timeouts;
  readonly #sink: Sink;
  readonly #house: Sending;
  readonly #settle: (sent: Sent) => void;
  readonly #asked: Asked;
  readonly #request: UpstreamRequest;
  readonly #attempt: Attempt;
  readonly #deadline: { due: number; readonly expire: () => void };
  readonly #totalDue: number;

  #phase: Phase = 'connect';
  #exchange: Exchange | undefined;
  #watched: Watched | undefined;
  #receiver: Receiver | undefined;
  #contentDue = Infinity;
  #reused = false;
  #staleTries = 0;
  #settled = false;
  #status = 0;
  /** what has been opened is a stream of events: an error can be said in it */
  #events = false;

  constructor(context: Context, target: Target, timeouts: Timeouts, sink: Sink, house: Sending, settle: (sent: Sent) => void) {
    this.#context = context;
    this.#target = target;
    this.#timeouts = timeouts;
    this.#sink = sink;
    this.#house = house;
    this.#settle = settle;
    this.#asked = callFor(context, target, house.wires);
    this.#request = target.provider.request(this.#asked.call, target);
    this.#attempt = { target, outcome: 'failed', started: house.clock.now() - context.started, bytes: 0 };
    this.#totalDue = context.started + timeouts.total;
    this.#deadline = { due: 0, expire: () => this.#expired() };
  }

  start(): void {
    if (this.#asked.translation) this.#context.trace.translated = `${this.#asked.translation.from} → ${this.#asked.translation.to}`;
    this.#target.live.inflight++;
    this.#target.room?.take();
    this.#watched = this.#house.clock.watch(this.#deadline);
    this.#context.signal.addEventListener('abort', this.#left, { once: true });
    if (this.#context.signal.aborted) return this.#left();
    this.#ask();
  }

  #ask(): void {
    this.#enter('connect', this.#timeouts.connect);
    this.#exchange = this.#house.transport.request(this.#request, this);
  }

  // What the transport says.

  connected(reused: boolean): void {
    this.#reused = reused;
    this.#attempt.connected = this.#elapsed();
    this.#enter('firstByte', this.#timeouts.firstByte);
    // A stream's first content is waited for from here on, however many heads and pings come before it.
    if (this.#context.call.stream) this.#contentDue = this.#house.clock.coarse + this.#timeouts.firstContent;
    this.#deadline.due = Math.min(this.#deadline.due, this.#contentDue);
  }

  head(status: number, headers: IncomingHttpHeaders): void {
    this.#attempt.head = this.#elapsed();
    this.#attempt.status = this.#status = status;
    const id = headers['x-request-id'];
    if (typeof id === 'string') this.#attempt.upstreamId = id;
    this.#enter(this.#contentDue === Infinity ? 'idle' : 'firstContent', this.#timeouts.idle);
    const reading = {
      who: this.#who,
      dialect: this.#asked.dialect,
      reader: this.#asked.dialect.reader(this.#asked.call),
      headers,
      limits: this.#house.limits,
    };
    this.#receiver =
      status < 300
        ? receive(this.#asked, this.#context.call, reading, this, status)
        : new RefusedRelay(reading, this, status);
    const encoding = headers['content-encoding'];
    if (encoding === undefined || encoding === 'identity') return;
    const decoder = decoded(encoding, this.#receiver);
    if (decoder) this.#receiver = decoder;
    else this.#failed('upstream_malformed', `${this.#who} sent its answer in an unknown encoding: ${encoding}`);
  }

  data(chunk: Buffer): void {
    this.#attempt.bytes += chunk.length;
    if (this.#settled) return;
    if (this.#phase === 'idle') this.#deadline.due = Math.min(this.#totalDue, this.#house.clock.coarse + this.#timeouts.idle);
    this.#receiver?.data(chunk);
  }

  end(): void {
    if (!this.#settled) this.#receiver?.end();
    this.#over();
  }

  fail(error: Error | GatewayError, ending: Ending = 'error', last?: Buffer): void {
    if (error instanceof GatewayError) return this.#failedWith(error, ending, last);
    if (this.#settled) return this.#over();
    if (this.#receiver) {
      this.#receiver.broken(error);
    } else if (this.#phase === 'connect') {
      this.#failedWith(connectError(this.#who, this.#request.origin, error), 'error');
    } else if (this.#reused && this.#staleTries < STALE_TRIES) {
      // The upstream closed an idle connection just as it was used again: no failure of the target.
      this.#staleTries++;
      return this.#ask();
    } else {
      this.#failedWith(resetError(this.#who, error), 'error');
    }
    this.#over();
  }

  // What the receiver says.

  get committed(): boolean {
    return this.#sink.committed;
  }

  firstContent(): void {
    if (this.#attempt.firstContent !== undefined) return;
    this.#attempt.firstContent = this.#elapsed();
    this.#contentDue = Infinity;
    this.#enter('idle', this.#timeouts.idle);
  }

  open(headers: Record<string, string | string[]>): void {
    this.#context.trace.commit = this.#elapsed();
    this.#events = String(headers['content-type']).startsWith('text/event-stream');
    this.#sink.head(this.#status, this.#signed(headers));
  }

  write(bytes: Buffer): void {
    this.#context.trace.bytes += bytes.length;
    if (this.#sink.write(bytes) || this.#phase === 'paused') return;
    // The client reads slower than the upstream sends: the upstream waits, and its silence is not its fault.
    this.#phase = 'paused';
    this.#deadline.due = this.#totalDue;
    this.#exchange?.pause();
    this.#sink.drained(() => {
      if (this.#phase !== 'paused') return;
      this.#enter('idle', this.#timeouts.idle);
      this.#exchange?.resume();
    });
  }

  complete(): void {
    this.#sink.end();
    this.#answered();
  }

  whole(status: number, headers: Record<string, string | string[]>, body: Buffer): void {
    this.#context.trace.commit = this.#elapsed();
    this.#context.trace.bytes += body.length;
    this.#sink.whole(status, this.#signed(headers), body);
    this.#answered();
  }

  refuse(refusal: Refusal): void {
    const { status, headers, body } = refusal;
    const wait = retryAfter(headers, this.#house.now());
    if (wait !== undefined) this.#attempt.retryAfter = wait;
    this.#attempt.reason = 'upstream_status';
    this.#attempt.message = `${this.#who} answered ${status}`;
    const again = this.#target.provider.retryable?.(status, body) ?? isRetryable(status);
    this.#attempt.outcome = again ? 'failed' : 'answered';
    this.#finish({ attempt: this.#attempt, refusal });
  }

  // How it ends.

  #answered(): void {
    this.#attempt.outcome = 'answered';
    this.#finish({ attempt: this.#attempt, ending: 'complete' });
  }

  #failed(code: ErrorCode, message: string): void {
    this.#failedWith(new GatewayError(code, message), 'error');
  }

  /** Uncommitted, the next target has its chance; committed, the client is told in its own protocol. */
  #failedWith(error: GatewayError, ending: Ending, own?: Buffer): void {
    if (this.#settled) return;
    this.#attempt.outcome = 'failed';
    this.#attempt.reason = error.code;
    this.#attempt.message = error.message;
    if (this.#sink.committed && !this.#sink.closed) {
      if (this.#events) {
        this.#sink.write(own ?? Buffer.from(this.#context.dialect.failure(error)));
        this.#sink.end();
      } else {
        this.#sink.break();
      }
    }
    this.#finish({ attempt: this.#attempt, error, ending });
  }

  #expired(): void {
    const { clock } = this.#house;
    if (this.#settled) return this.#cut();
    const which = this.#which(clock.coarse);
    const error = new GatewayError(which.code, `${this.#who} ${which.what}`);
    if (this.#receiver) this.#receiver.broken(error);
    else this.#failedWith(error, 'stalled');
  }

  #which(now: number): { code: ErrorCode; what: string } {
    const { connect, firstByte, firstContent, idle, total } = this.#timeouts;
    if (now >= this.#totalDue) return { code: 'total_timeout', what: `was not done within ${total} ms (timeouts.total)` };
    if (this.#phase === 'connect') return { code: 'connect_timeout', what: `could not be connected to within ${connect} ms (timeouts.connect)` };
    if (now >= this.#contentDue) return { code: 'first_content_timeout', what: `sent no content within ${firstContent} ms (timeouts.firstContent)` };
    if (this.#phase === 'firstByte') return { code: 'first_byte_timeout', what: `sent nothing within ${firstByte} ms (timeouts.firstByte)` };
    return { code: 'stream_stalled', what: `fell silent for ${idle} ms in the middle of its answer (timeouts.idle)` };
  }

  readonly #left = (): void => {
    if (this.#settled) return;
    this.#attempt.outcome = 'left';
    this.#finish({ attempt: this.#attempt, ending: 'left' });
  };

  /** The client's side is settled; what is left of the upstream's is read out, drained or cut. */
  #finish(sent: Sent): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#attempt.ended = this.#elapsed();
    this.#context.signal.removeEventListener('abort', this.#left);
    const whole = this.#attempt.outcome === 'answered';
    const drains = this.#target.provider.quirks.onLeave === 'drain';
    if (this.#phase === 'paused') this.#exchange?.resume();
    if (whole || drains) {
      this.#phase = 'idle';
      this.#deadline.due = whole ? this.#house.clock.coarse + LINGER : this.#totalDue;
    } else {
      this.#cut();
    }
    this.#settle(sent);
  }

  #cut(): void {
    this.#exchange?.abort();
    this.#over();
  }

  /** The upstream's side is over: only now is there room for another. */
  #over(): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#watched?.stop();
    this.#target.live.inflight--;
    this.#target.room?.give();
  }

  #enter(phase: Phase, limit: number): void {
    const { clock } = this.#house;
    if (this.#phase === 'over') return;
    this.#phase = phase;
    const due = phase === 'firstContent' ? this.#contentDue : Math.min(clock.coarse + limit, this.#contentDue);
    this.#deadline.due = Math.min(this.#totalDue, due);
  }

  #elapsed(): number {
    return this.#house.clock.now() - this.#context.started;
  }

  #signed(headers: AnswerHeaders): AnswerHeaders {
    headers['x-switchyard-provider'] = this.#target.provider.name;
    headers['x-switchyard-model'] = this.#target.model === '*' ? this.#context.call.model : this.#target.model;
    headers['x-switchyard-attempts'] = this.#context.trace.attempts.length + 1;
    headers['x-switchyard-request-id'] = this.#context.id;
    headers['x-request-id'] ??= this.#context.id;
    if (this.#asked.translation) headers['x-switchyard-translated'] = `${this.#asked.translation.from}-to-${this.#asked.translation.to}`;
    return headers;
  }

  get #who(): string {
    return this.#target.provider.name;
  }
}

/** Statuses that say nothing about the request itself: another target, or a later moment, may do better. */
export function isRetryable(status: number): boolean {
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

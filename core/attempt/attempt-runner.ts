import type { IncomingHttpHeaders } from 'node:http';
import type { AdaptedCall } from '../translation/adapt-call.ts';
import { refusesToCount } from '../translation/count-stream.ts';
import type {
  Attempt,
  Context,
  Exchange,
  Handler,
  Sink,
  Target,
  UpstreamRequest,
} from '../contracts/index.ts';
import { elapsed } from '../trace/elapsed.ts';
import { errorBody, GatewayError, meaningOf } from '../errors.ts';
import { classifyRefusal } from '../failures/classify-refusal.ts';
import type { Delivery, Receiver, Refusal } from '../relay/receiver.ts';
import { open } from '../relay/open-receiver.ts';
import { addNote } from '../trace/note.ts';
import { AttemptPhases } from '../timeouts/attempt-phases.ts';
import type { AttemptSpec, AttemptResult } from './attempt-result.ts';
import { withAttemptHeaders } from '../trace/answer-headers.ts';
import { endBroken } from '../relay/sink.ts';
import { UsageWatch } from '../../wire/usage.ts';
import { connectionError, isMalformed, lateError, readingError } from '../failures/connection-error.ts';

/**
 * One attempt at one target: sends, keeps the clocks, reads the answer through a receiver. Settles when the client's
 * side is settled; `target.inflight` falls only when the upstream's side is over too.
 */
export class AttemptRunner implements Handler, Delivery {
  readonly #context: Context;
  readonly #target: Target;
  readonly #sink: Sink;
  readonly #gateway: AttemptSpec['gateway'];
  readonly #ended: AttemptSpec['ended'];
  readonly #settle: (sent: AttemptResult) => void;
  readonly #asked: AdaptedCall;
  readonly #request: UpstreamRequest;
  readonly #attempt: Attempt;
  readonly #phases: AttemptPhases;
  readonly #usage = new UsageWatch();

  #exchange: Exchange | undefined;
  #receiver: Receiver | undefined;
  #reused = false;
  #isRepeated = false;
  #settled = false;
  /** what has been opened is a stream of events: an error can be said in it */
  #events = false;

  /** @throws what the provider throws that writes the request */
  constructor(
    asked: AdaptedCall,
    { context, target, timeouts, sink, gateway, ended }: AttemptSpec,
    settle: (sent: AttemptResult) => void,
  ) {
    this.#asked = asked;
    this.#context = context;
    this.#target = target;
    this.#sink = sink;
    this.#gateway = gateway;
    this.#ended = ended;
    this.#settle = settle;
    context.trace.translated = asked.translation?.name;
    this.#request = target.provider.request(asked.call, target);
    this.#attempt = { target, outcome: 'failed', started: elapsed(context), bytes: 0 };
    const { key } = this.#request;
    if (key && (target.provider.keys?.size ?? 0) > 1) this.#attempt.key = key.nth;
    this.#phases = new AttemptPhases(gateway.clock, timeouts, context.startedMs, () => this.#late());
  }

  /** @param placed it has its place already */
  start(placed: boolean): void {
    this.#target.stats.begin();
    if (!placed) this.#target.concurrency?.acquire();
    this.#phases.start();
    this.#context.disconnect.attempt = this;
    if (this.#context.disconnect.disconnected) return this.leave();
    this.#ask();
  }

  #ask(): void {
    try {
      this.#exchange = this.#gateway.transport.request(this.#request, this, this.#isRepeated);
    } catch (error) {
      // A plugin wrote what is no request: the attempt must end for all that.
      this.lost(error as Error, false);
    }
  }

  connected(reused: boolean): void {
    this.#reused = reused;
    this.#attempt.connected = elapsed(this.#context);
    this.#phases.connected(this.#context.call.stream);
  }

  head(status: number, headers: IncomingHttpHeaders): void {
    this.#attempt.head = elapsed(this.#context);
    this.#attempt.status = status;
    const id = headers['x-request-id'];
    if (typeof id === 'string') this.#attempt.upstreamId = id;
    this.#phases.head();
    const { dialect, call, hidesUsage } = this.#asked;
    const { limits, formats } = this.#gateway;
    try {
      this.#receiver = open({
        asked: this.#asked,
        wanted: this.#context.call,
        formats,
        reading: { who: this.#who, dialect, call, headers, hidesUsage, limits },
        delivery: this,
        status,
      });
    } catch (error) {
      this.thrown(error);
    }
  }

  data(chunk: Buffer): void {
    this.#attempt.bytes += chunk.length;
    if (this.#settled) return;
    this.#phases.byte();
    try {
      this.#receiver?.data(chunk);
    } catch (error) {
      this.thrown(error);
    }
  }

  end(): void {
    try {
      if (!this.#settled) this.#receiver?.end();
    } catch (error) {
      this.thrown(error);
    }
    this.#over();
  }

  lost(error: Error, incomplete: boolean): void {
    if (this.#settled) return this.#over();
    if (this.#receiver) {
      this.#broken(error);
    } else {
      const isConnecting = this.#phases.phase === 'connect';
      const isStale = !isConnecting && incomplete && this.#reused && !this.#isRepeated;
      if (isStale && !isMalformed(error)) return this.#repeat();
      this.fail(connectionError(this.#who, this.#request.origin, error, isConnecting));
    }
    this.#over();
  }

  /** A kept connection was closed before all of the request had left: no failure of the target (RFC 9110 §9.2.2). */
  #repeat(): void {
    this.#isRepeated = true;
    const remark = `${this.#who} closed a kept connection before all of the request had left: sent again on a new one`;
    addNote(this.#context, { remark });
    this.#phases.again();
    this.#ask();
  }

  get committed(): boolean {
    return this.#sink.committed;
  }

  firstContent(): void {
    if (this.#attempt.firstContent !== undefined) return;
    this.#attempt.firstContent = elapsed(this.#context);
    this.#target.stats.spoke(this.#context.startedMs + this.#attempt.started / 1_000);
    this.#phases.content();
  }

  get silence(): Delivery['silence'] {
    return this.#phases;
  }

  open(headers: Record<string, string | string[]>): void {
    this.#context.trace.commit = elapsed(this.#context);
    this.#events = String(headers['content-type']).startsWith('text/event-stream');
    this.#sink.head(this.#attempt.status ?? 200, withAttemptHeaders(headers, this.#context, this.#target));
  }

  write(bytes: Buffer): void {
    // What is unpacked may still come when the client has left.
    if (this.#settled) return;
    this.#context.trace.bytes += bytes.length;
    const { phase } = this.#phases;
    // Or when the upstream's side is over.
    if (this.#sink.write(bytes) || phase === 'paused' || phase === 'over') return;
    this.#phases.pause();
    this.#exchange?.pause();
    this.#sink.drained(() => {
      this.#phases.resume();
      this.#exchange?.resume();
    });
  }

  saw(bytes: Buffer): boolean {
    return this.#usage.saw(bytes);
  }

  complete(): void {
    this.#sink.end();
    this.#answered();
  }

  whole(status: number, headers: Record<string, string | string[]>, body: Buffer): void {
    // It may have been made elsewhere while the client left.
    if (this.#settled) return;
    this.#context.trace.commit = elapsed(this.#context);
    this.#context.trace.bytes += body.length;
    this.#sink.whole(status, withAttemptHeaders(headers, this.#context, this.#target), body);
    this.#usage.saw(body);
    this.#answered();
  }

  refuse(refusal: Refusal): void {
    const uncounted = this.#asked.asksToCount && refusesToCount(refusal);
    const scope = classifyRefusal(
      this.#attempt,
      refusal,
      this.#request,
      this.#asked.call,
      this.#gateway.date(),
    );
    this.#finish({ attempt: this.#attempt, refusal, scope, uncounted });
  }

  #answered(): void {
    this.#attempt.outcome = 'answered';
    this.#finish({ attempt: this.#attempt, ending: 'complete' });
  }

  /** What goes wrong in our own reading of an answer, or in a plugin's, ends the attempt: nobody would end it else. */
  thrown(thrown: unknown): void {
    this.fail(readingError(this.#who, thrown, this.#context));
  }

  /** Uncommitted, the next target has its chance; committed, the client is told in its own protocol. */
  fail(error: GatewayError, own?: Buffer): void {
    if (this.#settled) return;
    this.#attempt.outcome = 'failed';
    this.#attempt.reason = error.code;
    this.#attempt.message = error.message;
    const said = (): Buffer =>
      own ?? Buffer.from(this.#context.dialect.failure(errorBody(error), error.statusCode));
    if (this.#sink.committed && !this.#sink.closed) endBroken(this.#sink, this.#events ? said() : undefined);
    this.#finish({ attempt: this.#attempt, error, ending: meaningOf(error.code).ending });
  }

  #late(): void {
    if (this.#settled) return this.#cut();
    const winding = this.#phases.phase === 'winding';
    const error = lateError(this.#who, this.#phases.late, this.#gateway.closing);
    if (this.#receiver) this.#broken(error);
    else this.fail(error);
    // It had its moment.
    if (winding) this.#cut();
  }

  #broken(error: Error): void {
    try {
      this.#receiver?.broken(error);
    } catch (thrown) {
      this.thrown(thrown);
    }
  }

  leave(): void {
    if (this.#settled) return;
    this.#attempt.outcome = 'left';
    this.#finish({ attempt: this.#attempt, ending: 'left' });
  }

  /** The client's side is settled; what is left of the upstream's is read out, drained or cut. */
  #finish(sent: AttemptResult): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#attempt.ended = elapsed(this.#context);
    if (this.#phases.gap > 0) this.#attempt.gap = this.#phases.gap;
    this.#context.disconnect.attempt = undefined;
    const whole = this.#attempt.outcome === 'answered';
    // Of an attempt that another one makes up for, it is not the caller's.
    const isTheirs = whole || this.#sink.committed || this.#context.disconnect.disconnected;
    if (isTheirs)
      this.#context.trace.usage = this.#usage.usageOf(this.#context.call, this.#attempt, this.#receiver);
    const { phase } = this.#phases;
    const drains = this.#target.provider.quirks.onLeave === 'drain' && phase !== 'connect';
    const trails = (whole || drains) && phase !== 'over';
    if (trails) this.#exchange?.ignore();
    if (!sent.uncounted) this.#ended(sent);
    if (trails) this.#phases.trail(whole);
    else this.#cut();
    this.#settle(sent);
  }

  #cut(): void {
    this.#exchange?.abort();
    this.#over();
  }

  /** The upstream's side is over: only now is there room for another. */
  #over(): void {
    if (this.#phases.phase === 'over') return;
    this.#phases.over();
    this.#target.stats.end();
    this.#target.concurrency?.release();
  }

  get #who(): string {
    return this.#target.provider.name;
  }
}

import type { IncomingHttpHeaders } from 'node:http';
import type { Asked } from './call.ts';
import { refusesToCount } from './counting.ts';
import type { Attempt, Context, Ending, Target, UpstreamRequest } from './contracts.ts';
import { elapsed } from './elapsed.ts';
import { errorBody, GatewayError } from './errors.ts';
import { judgeRefusal } from './judge-refusal.ts';
import type { Delivery, Receiver, Refusal } from './relay/delivery.ts';
import { open } from './relay/open.ts';
import { note } from './note.ts';
import { Phases } from './phases.ts';
import type { Assignment, Sent } from './sent.ts';
import { signAttempt } from './signature.ts';
import { breakOff, type Sink } from './sink.ts';
import type { Exchange, Handler } from './transport.ts';
import { UsageWatch } from './usage.ts';
import { connectError, isMalformed, lateError, readingError, resetError } from './upstream-error.ts';

/**
 * One attempt at one target: sends, keeps the clocks, reads the answer through a receiver. Settles when the client's
 * side is settled; `target.inflight` falls only when the upstream's side is over too.
 */
export class Sender implements Handler, Delivery {
  readonly #context: Context;
  readonly #target: Target;
  readonly #sink: Sink;
  readonly #house: Assignment['house'];
  readonly #ended: Assignment['ended'];
  readonly #settle: (sent: Sent) => void;
  readonly #asked: Asked;
  readonly #request: UpstreamRequest;
  readonly #attempt: Attempt;
  readonly #phases: Phases;
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
    asked: Asked,
    { context, target, timeouts, sink, house, ended }: Assignment,
    settle: (sent: Sent) => void,
  ) {
    this.#asked = asked;
    this.#context = context;
    this.#target = target;
    this.#sink = sink;
    this.#house = house;
    this.#ended = ended;
    this.#settle = settle;
    context.trace.translated = asked.translation?.name;
    this.#request = target.provider.request(asked.call, target);
    this.#attempt = { target, outcome: 'failed', started: elapsed(context), bytes: 0 };
    const { key } = this.#request;
    if (key && (target.provider.keys?.size ?? 0) > 1) this.#attempt.key = key.nth;
    this.#phases = new Phases(house.clock, timeouts, context.started, () => this.#late());
  }

  /** @param placed it has its place already */
  start(placed: boolean): void {
    this.#target.live.begin();
    if (!placed) this.#target.room?.take();
    this.#phases.start();
    this.#context.leaving.attempt = this;
    if (this.#context.leaving.gone) return this.leave();
    this.#ask();
  }

  #ask(): void {
    try {
      this.#exchange = this.#house.transport.request(this.#request, this, this.#isRepeated);
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
    const { limits, wires } = this.#house;
    try {
      this.#receiver = open({
        asked: this.#asked,
        wanted: this.#context.call,
        wires,
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
    } else if (this.#phases.phase === 'connect') {
      this.fail(connectError(this.#who, this.#request.origin, error), 'error');
    } else if (incomplete && this.#reused && !this.#isRepeated && !isMalformed(error)) {
      return this.#repeat();
    } else {
      this.fail(resetError(this.#who, error), 'error');
    }
    this.#over();
  }

  /** A kept connection was closed before all of the request had left: no failure of the target (RFC 9110 §9.2.2). */
  #repeat(): void {
    this.#isRepeated = true;
    const remark = `${this.#who} closed a kept connection before all of the request had left: sent again on a new one`;
    note(this.#context, { remark });
    this.#phases.again();
    this.#ask();
  }

  get committed(): boolean {
    return this.#sink.committed;
  }

  firstContent(): void {
    if (this.#attempt.firstContent !== undefined) return;
    this.#attempt.firstContent = elapsed(this.#context);
    this.#target.live.spoke(this.#context.started + this.#attempt.started / 1_000);
    this.#phases.content();
  }

  get silence(): Delivery['silence'] {
    return this.#phases;
  }

  open(headers: Record<string, string | string[]>): void {
    this.#context.trace.commit = elapsed(this.#context);
    this.#events = String(headers['content-type']).startsWith('text/event-stream');
    this.#sink.head(this.#attempt.status ?? 200, signAttempt(headers, this.#context, this.#target));
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
    this.#sink.whole(status, signAttempt(headers, this.#context, this.#target), body);
    this.#usage.saw(body);
    this.#answered();
  }

  refuse(refusal: Refusal): void {
    const uncounted = this.#asked.hidesUsage && refusesToCount(refusal);
    const concern = judgeRefusal(this.#attempt, refusal, this.#request, this.#asked.call, this.#house.date());
    this.#finish({ attempt: this.#attempt, refusal, concern, uncounted });
  }

  #answered(): void {
    this.#attempt.outcome = 'answered';
    this.#finish({ attempt: this.#attempt, ending: 'complete' });
  }

  /** What goes wrong in our own reading of an answer, or in a plugin's, ends the attempt: nobody would end it else. */
  thrown(thrown: unknown): void {
    this.fail(readingError(this.#who, thrown, this.#context), 'error');
  }

  /** Uncommitted, the next target has its chance; committed, the client is told in its own protocol. */
  fail(error: GatewayError, ending: Ending, own?: Buffer): void {
    if (this.#settled) return;
    this.#attempt.outcome = 'failed';
    this.#attempt.reason = error.code;
    this.#attempt.message = error.message;
    const said = (): Buffer => own ?? Buffer.from(this.#context.dialect.failure(errorBody(error)));
    if (this.#sink.committed && !this.#sink.closed) breakOff(this.#sink, this.#events ? said() : undefined);
    this.#finish({ attempt: this.#attempt, error, ending });
  }

  #late(): void {
    if (this.#settled) return this.#cut();
    const winding = this.#phases.phase === 'winding';
    const error = lateError(this.#who, this.#phases.late, this.#house.closing);
    if (this.#receiver) this.#broken(error);
    else this.fail(error, 'stalled');
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
  #finish(sent: Sent): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#attempt.ended = elapsed(this.#context);
    if (this.#phases.gap > 0) this.#attempt.gap = this.#phases.gap;
    this.#context.leaving.attempt = undefined;
    const whole = this.#attempt.outcome === 'answered';
    // Of an attempt that another one makes up for, it is not the caller's.
    const isTheirs = whole || this.#sink.committed || this.#context.leaving.gone;
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
    this.#target.live.end();
    this.#target.room?.give();
  }

  get #who(): string {
    return this.#target.provider.name;
  }
}

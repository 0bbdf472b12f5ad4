import type { IncomingHttpHeaders } from 'node:http';
import type { Attempt, Exchange, Handler, Target, UpstreamRequest } from '../contracts/index.ts';
import { GatewayError } from '../errors.ts';
import { connectionError, isMalformed, lateError } from '../failures/connection-error.ts';
import { open } from '../relay/open-receiver.ts';
import type { Receiver } from '../relay/receiver.ts';
import { AttemptPhases } from '../timeouts/attempt-phases.ts';
import { elapsed } from '../trace/elapsed.ts';
import { addNote } from '../trace/note.ts';
import { encoderOf } from '../../wire/framing/encoders.ts';
import type { AdaptedCall } from '../translation/adapt-call.ts';
import type { AttemptSpec, AttemptResult } from './attempt-result.ts';
import { ClientSide } from './client-side.ts';

/**
 * One attempt at one target: sends, keeps the deadlines, reads the answer through a receiver. It is settled when the
 * client's side is; `target.inflight` falls only when the upstream's side is over too.
 */
export class AttemptRunner implements Handler {
  readonly phases: AttemptPhases;
  receiver: Receiver | undefined;
  readonly #spec: AttemptSpec;
  readonly #settle: (sent: AttemptResult) => void;
  readonly #adapted: AdaptedCall;
  readonly #request: UpstreamRequest;
  readonly #attempt: Attempt;
  readonly #client: ClientSide;
  #exchange: Exchange | undefined;
  #reused = false;
  #isRepeated = false;

  constructor(
    adapted: AdaptedCall,
    request: UpstreamRequest,
    spec: AttemptSpec,
    settle: (sent: AttemptResult) => void,
  ) {
    const { context, target, timeouts, gateway } = spec;
    this.#adapted = adapted;
    this.#spec = spec;
    this.#settle = settle;
    context.trace.translated ??= adapted.translation?.name;
    if (adapted.dropped.length > 0)
      addNote(context, { remark: `${adapted.translation?.name} left out ${adapted.dropped.join(', ')}` });
    if (adapted.ruled) addNote(context, { remark: `rules for ${target.id}: ${adapted.ruled.join(', ')}` });
    this.#request = request;
    this.#attempt = freshAttempt(target, elapsed(context));
    if (request.key && (target.provider.keys?.size ?? 0) > 1) this.#attempt.key = request.key.nth;
    gateway.events.send.emit(request, this.#attempt, context);
    this.phases = new AttemptPhases(gateway.clock, timeouts, context.startedMs, () => this.#late());
    this.#client = new ClientSide(spec, adapted, this.#request, this.#attempt, this);
  }

  /** @param placed the concurrency slot is already taken */
  start(placed: boolean): void {
    const { context, target } = this.#spec;
    target.stats.begin();
    if (!placed) target.concurrency?.acquire();
    this.phases.start();
    context.disconnect.during(this.#client);
    if (context.disconnect.disconnected) return this.#client.leave();
    this.#ask();
  }

  #ask(): void {
    try {
      this.#exchange = this.#spec.gateway.transport.request(this.#request, this, this.#isRepeated);
    } catch (error) {
      // A plugin's request is not valid: the attempt must end nevertheless.
      this.lost(error as Error, false);
    }
  }

  connected(reused: boolean): void {
    const { context } = this.#spec;
    this.#reused = reused;
    this.#attempt.connectedUs = elapsed(context);
    this.phases.connected(context.call.stream);
  }

  head(status: number, headers: IncomingHttpHeaders): void {
    const { context, gateway } = this.#spec;
    this.#attempt.headUs = elapsed(context);
    this.#attempt.status = status;
    const id = headers['x-request-id'];
    if (typeof id === 'string') this.#attempt.upstreamId = id;
    this.phases.head();
    const { dialect, call, hidesUsage } = this.#adapted;
    const { limits, formats } = gateway;
    try {
      this.receiver = open({
        asked: this.#adapted,
        wanted: context.call,
        formats,
        reading: {
          provider: this.#provider,
          dialect,
          call,
          headers,
          encoder: encoderOf(context),
          hidesUsage,
          limits,
        },
        delivery: this.#client,
        status,
      });
    } catch (error) {
      this.#client.thrown(error);
    }
  }

  data(chunk: Buffer): void {
    this.#attempt.bytes += chunk.length;
    if (this.#client.settled) return;
    this.phases.byte();
    try {
      this.receiver?.data(chunk);
    } catch (error) {
      this.#client.thrown(error);
    }
  }

  end(): void {
    try {
      if (!this.#client.settled) this.receiver?.end();
    } catch (error) {
      this.#client.thrown(error);
    }
    this.#over();
  }

  lost(error: Error, incomplete: boolean): void {
    if (this.#client.settled) return this.#over();
    if (this.receiver) {
      this.#broken(error);
    } else {
      const isConnecting = this.phases.phase === 'connect';
      const isStale = !isConnecting && incomplete && this.#reused && !this.#isRepeated;
      if (isStale && !isMalformed(error)) return this.#repeat();
      this.#client.fail(connectionError(this.#provider, this.#request.origin, error, isConnecting));
    }
    this.#over();
  }

  /** A kept connection was closed before all of the request had left: no failure of the target (RFC 9110 §9.2.2). */
  #repeat(): void {
    this.#isRepeated = true;
    const remark = `${this.#provider} closed a kept connection before all of the request had left: sent again on a new one`;
    addNote(this.#spec.context, { remark });
    this.phases.connect();
    this.#ask();
  }

  pause(): void {
    this.phases.pause();
    this.#exchange?.pause();
  }

  resume(): void {
    this.phases.resume();
    this.#exchange?.resume();
  }

  stop(error: Error): void {
    if (this.receiver) this.#broken(error);
    else this.#client.fail(GatewayError.from(error));
  }

  #late(): void {
    if (this.#client.settled) return this.#cut();
    const winding = this.phases.phase === 'winding';
    const error = lateError(this.#provider, this.phases.late, this.#spec.gateway.closing);
    if (this.receiver) this.#broken(error);
    else this.#client.fail(error);
    // Its moment for the end of the body has passed.
    if (winding) this.#cut();
  }

  #broken(error: Error): void {
    try {
      this.receiver?.broken(error);
    } catch (thrown) {
      this.#client.thrown(thrown);
    }
  }

  /** The client's side has ended: what is left of the upstream's is read out, drained or cut. */
  settled(result: AttemptResult): void {
    const { phase } = this.phases;
    const isWhole = result.attempt.outcome === 'answered';
    const drains = this.#spec.target.provider.quirks.onLeave === 'drain' && phase !== 'connect';
    const trails = (isWhole || drains) && phase !== 'over';
    if (trails) this.#exchange?.ignore();
    if (!result.refused) this.#spec.ended(result);
    if (trails) this.phases.trail(isWhole);
    else this.#cut();
    this.#settle(result);
  }

  #cut(): void {
    this.#exchange?.abort();
    this.#over();
  }

  /** The upstream's side is over: only now has it a slot for another request. */
  #over(): void {
    if (this.phases.phase === 'over') return;
    const { stats, concurrency } = this.#spec.target;
    this.phases.over();
    stats.end();
    concurrency?.release();
  }

  get #provider(): string {
    return this.#spec.target.provider.name;
  }
}

/** With all members that nearly every attempt gets, so that it is one object from the start. */
function freshAttempt(target: Target, startedUs: number): Attempt {
  return {
    target,
    outcome: 'failed',
    startedUs,
    bytes: 0,
    connectedUs: undefined,
    headUs: undefined,
    status: undefined,
    upstreamId: undefined,
    firstContentUs: undefined,
    endedUs: undefined,
    usage: undefined,
  };
}

import type { Attempt, UpstreamRequest, Usage } from '../contracts/index.ts';
import { errorBody, GatewayError, meaningOf } from '../errors.ts';
import { classifyRefusal } from '../failures/classify-refusal.ts';
import { readingError } from '../failures/connection-error.ts';
import type { Refusal } from '../failures/refusal.ts';
import type { Delivery, Receiver } from '../relay/receiver.ts';
import { endBroken, failureIn } from '../relay/end-broken.ts';
import type { AttemptPhases } from '../timeouts/attempt-phases.ts';
import { withAttemptHeaders } from '../trace/answer-headers.ts';
import { elapsed } from '../trace/elapsed.ts';
import type { AdaptedCall } from '../translation/adapt-call.ts';
import { COUNTING, refusesToCount } from '../translation/count-stream.ts';
import { modelOf } from '../../wire/body/rewrite.ts';
import { textWithoutKeys, withoutKeys } from '../../wire/sent-keys.ts';
import { UsageWatch } from '../../wire/usage.ts';
import type { AttemptResult, AttemptSpec } from './attempt-result.ts';

/** The upstream's side of the same attempt. */
interface UpstreamSide {
  readonly phases: AttemptPhases;
  readonly receiver: Receiver | undefined;
  /** The client reads slower than the upstream sends. */
  pause(): void;
  resume(): void;
  /** What is left of the answer is not wanted. */
  stop(error: Error): void;
  /** The client's side has its end. */
  settled(result: AttemptResult): void;
}

/** The client's side of an attempt: what of the answer goes to the client, and how it ends. It ends exactly once. */
export class ClientSide implements Delivery {
  /** It has ended: nothing more is written. */
  settled = false;
  readonly #spec: AttemptSpec;
  readonly #adapted: AdaptedCall;
  readonly #request: UpstreamRequest;
  readonly #attempt: Attempt;
  readonly #upstream: UpstreamSide;
  readonly #usage: UsageWatch;
  /** A stream of events was opened: an error can be sent in it. */
  #isStream = false;

  constructor(
    spec: AttemptSpec,
    adapted: AdaptedCall,
    request: UpstreamRequest,
    attempt: Attempt,
    upstream: UpstreamSide,
  ) {
    this.#spec = spec;
    this.#adapted = adapted;
    this.#request = request;
    this.#attempt = attempt;
    this.#upstream = upstream;
    this.#usage = new UsageWatch(adapted.dialect);
  }

  get committed(): boolean {
    return this.#spec.sink.committed;
  }

  get silence(): Delivery['silence'] {
    return this.#upstream.phases;
  }

  firstContent(): void {
    if (this.#attempt.firstContentUs !== undefined) return;
    const { context, target } = this.#spec;
    this.#attempt.firstContentUs = elapsed(context);
    target.stats.spoke(context.startedMs + this.#attempt.startedUs / 1_000);
    this.#upstream.phases.content();
  }

  open(headers: Record<string, string | string[]>, isStream: boolean): void {
    const { context, target, sink } = this.#spec;
    context.trace.committedUs = elapsed(context);
    this.#tell();
    this.#isStream = isStream;
    sink.head(this.#attempt.status ?? 200, withAttemptHeaders(headers, context, target));
  }

  write(bytes: Buffer): void {
    // Decompressed bytes may still come after the client has left.
    if (this.settled) return;
    const { context, sink } = this.#spec;
    context.trace.bytes += bytes.length;
    const { phase } = this.#upstream.phases;
    // Or after the upstream's side is over.
    if (sink.write(bytes) || phase === 'paused' || phase === 'over') return;
    this.#upstream.pause();
    sink.drained(() => this.#upstream.resume());
  }

  countUsage(bytes: Buffer, text?: string): boolean {
    return this.#usage.read(bytes, text);
  }

  complete(): void {
    this.#spec.sink.end();
    this.#answered();
  }

  whole(status: number, headers: Record<string, string | string[]>, body: Buffer): void {
    // A worker may have converted it while the client left.
    if (this.settled) return;
    const { context, target, sink } = this.#spec;
    context.trace.committedUs = elapsed(context);
    this.#tell();
    context.trace.bytes += body.length;
    this.#usage.readWhole(body);
    this.#attempt.outcome = 'answered';
    sink.whole(status, withAttemptHeaders(headers, context, target, this.#count()), body);
    this.#answered();
  }

  refuse(said: Refusal): void {
    const attempt = this.#attempt;
    const refusal = withoutKeys(said, this.#request);
    const { call, asksToCount } = this.#adapted;
    const { target, gateway } = this.#spec;
    const counts = asksToCount && refusesToCount(refusal) ? COUNTING : undefined;
    const refused = counts ?? target.provider.learns?.(this.#request, refusal, modelOf(call, target));
    const refusalScope = classifyRefusal(attempt, refusal, this.#request, call, gateway.date());
    this.#settle({ attempt, refusal, refusalScope, refused });
  }

  /** An error in reading an answer, the gateway's or a plugin's, ends the attempt: nothing else would end it. */
  thrown(thrown: unknown): void {
    const { context, target } = this.#spec;
    this.fail(readingError(target.provider.name, thrown, context));
  }

  /** Before the commit the next target has its chance; after it the client is told in its own protocol. */
  fail(cause: GatewayError, own?: Buffer): void {
    if (this.settled) return;
    const { context, sink } = this.#spec;
    const message = textWithoutKeys(cause.message, this.#request);
    const isPlain = message === cause.message;
    const error = isPlain ? cause : new GatewayError(cause.code, message);
    this.#attempt.outcome = 'failed';
    this.#attempt.reason = error.code;
    this.#attempt.message = error.message;
    if (sink.committed && !sink.closed) {
      const told = (): Buffer => failureIn(context, errorBody(error), error.statusCode);
      endBroken(sink, this.#isStream ? (isPlain && own) || told() : undefined);
    }
    this.#settle({ attempt: this.#attempt, error, ending: meaningOf(error.code).ending });
  }

  /** The client has disconnected. */
  leave(): void {
    if (this.settled) return;
    this.#attempt.outcome = 'left';
    this.#settle({ attempt: this.#attempt, ending: 'left' });
  }

  /** What became of the request for this target: of two that are asked at once, the one that answers counts. */
  #tell(): void {
    const { trace } = this.#spec.context;
    trace.translated = this.#adapted.translation?.name;
    trace.dropped = this.#adapted.dropped;
  }

  /** The gateway ends the request: before the commit nothing else is tried, after it the client is told why. */
  interrupt(error: Error): void {
    if (!this.settled) this.#upstream.stop(error);
  }

  #answered(): void {
    this.#attempt.outcome = 'answered';
    this.#settle({ attempt: this.#attempt, ending: 'complete' });
  }

  #count(): Usage | undefined {
    const { context } = this.#spec;
    return (this.#attempt.usage ??= this.#usage.usageOf(
      context.call,
      this.#attempt,
      this.#upstream.receiver,
    ));
  }

  #settle(result: AttemptResult): void {
    if (this.settled) return;
    this.settled = true;
    const { context, sink } = this.#spec;
    const attempt = this.#attempt;
    const { phases } = this.#upstream;
    attempt.endedUs = elapsed(context);
    if (context.trace.committedUs === undefined && attempt.outcome !== 'left') this.#tell();
    if (phases.gapMs > 0) attempt.gapMs = phases.gapMs;
    context.disconnect.during(undefined);
    // Tokens of an attempt that another one makes up for are not the caller's.
    const isTheirs = attempt.outcome === 'answered' || sink.committed || context.disconnect.disconnected;
    const usage = this.#count();
    if (isTheirs) context.trace.usage = usage;
    this.#upstream.settled(result);
  }
}

import type { Attributes, Context as Parents, HrTime, Span, SpanOptions, Tracer } from '@opentelemetry/api';
import type { Attempt, Context, Trace } from '../../core/contracts/index.ts';
import type { Base } from './packages.ts';
import {
  answering,
  attemptError,
  operationOf,
  providerAttributes,
  requestError,
  usageAttributes,
} from './gen-ai.ts';
import type { RequestIds } from './request-ids.ts';

interface Made {
  readonly api: Base['api'];
  readonly tracer: Tracer;
  /** the next span gets this id */
  readonly useId: (spanId: string) => void;
}

/** The spans of a request, made of its finished trace: the request, its waits, each attempt and its first token. */
export class RequestSpans {
  readonly #api: Base['api'];
  readonly #tracer: Tracer;
  readonly #useId: Made['useId'];

  constructor({ api, tracer, useId }: Made) {
    this.#api = api;
    this.#tracer = tracer;
    this.#useId = useId;
  }

  make({ call, trace }: Context, ids: RequestIds): void {
    const { SpanKind } = this.#api;
    const name = `${operationOf(trace.surface)} ${trace.model}`.trimEnd();
    this.#useId(ids.spanId);
    const span = this.#tracer.startSpan(
      name,
      { kind: SpanKind.SERVER, startTime: at(trace, 0), attributes: requestAttributes(trace, call) },
      this.#parent(ids),
    );
    this.#fail(span, requestError(trace));
    const inside = this.#api.trace.setSpan(this.#api.ROOT_CONTEXT, span);
    for (const { waited, atUs, tookUs = 0 } of trace.notes)
      if (waited !== undefined)
        this.#step('waiting', trace, [atUs, atUs + tookUs], inside, { 'switchyard.waited_for': waited });
    for (const attempt of trace.attempts) {
      this.#useId(ids.spanOf(attempt));
      this.#attempt(attempt, trace, inside);
    }
    span.end(at(trace, trace.endedUs ?? 0));
  }

  #attempt(attempt: Attempt, trace: Trace, inside: Parents): void {
    const { startedUs, firstContentUs, endedUs = startedUs, target } = attempt;
    const options: SpanOptions = {
      kind: this.#api.SpanKind.CLIENT,
      startTime: at(trace, startedUs),
      attributes: attemptAttributes(attempt, trace),
    };
    const name = `${operationOf(trace.surface)} ${target.name}`;
    const span = this.#tracer.startSpan(name, options, inside);
    this.#fail(span, attemptError(attempt));
    const within = this.#api.trace.setSpan(inside, span);
    if (trace.stream && firstContentUs !== undefined)
      this.#step('first token', trace, [startedUs, firstContentUs], within);
    span.end(at(trace, endedUs));
  }

  #step(
    name: string,
    trace: Trace,
    [from, to]: readonly [number, number],
    inside: Parents,
    attributes: Attributes = {},
  ): void {
    this.#tracer.startSpan(name, { startTime: at(trace, from), attributes }, inside).end(at(trace, to));
  }

  #fail(span: Span, error: string | undefined): void {
    if (error === undefined) return;
    span.setAttribute('error.type', error);
    // Its text may have what an upstream repeats of a prompt.
    span.setStatus({ code: this.#api.SpanStatusCode.ERROR });
  }

  #parent({ traceId, parent }: RequestIds): Parents {
    const { ROOT_CONTEXT, trace, TraceFlags, createTraceState } = this.#api;
    if (!parent) return ROOT_CONTEXT;
    return trace.setSpanContext(ROOT_CONTEXT, {
      traceId,
      spanId: parent.spanId,
      traceFlags: TraceFlags.SAMPLED,
      isRemote: true,
      ...(parent.state !== undefined && { traceState: createTraceState(parent.state) }),
    });
  }
}

function requestAttributes(trace: Trace, { method }: Context['call']): Attributes {
  const { surface, model, stream, status, ending, key, route, strategy, attempts, translated } = trace;
  const target = answering(trace)?.target;
  return {
    'gen_ai.operation.name': operationOf(surface),
    ...(model !== '' && { 'gen_ai.request.model': model }),
    'gen_ai.request.stream': stream,
    ...(target && { ...providerAttributes(target.provider), 'gen_ai.response.model': target.name }),
    'http.request.method': method,
    ...(status !== undefined && { 'http.response.status_code': status }),
    'switchyard.request.id': trace.id,
    'switchyard.surface': surface,
    'switchyard.route': route,
    'switchyard.strategy': strategy,
    'switchyard.ending': ending ?? 'error',
    'switchyard.attempts': attempts.length,
    ...(target && { 'switchyard.target': target.id }),
    ...(key !== undefined && { 'switchyard.key': key }),
    ...(translated !== undefined && { 'switchyard.translation': translated }),
  };
}

function attemptAttributes(attempt: Attempt, { surface, stream }: Trace): Attributes {
  const { target, status, startedUs, firstContentUs, outcome, hedged, upstreamId, usage } = attempt;
  return {
    'gen_ai.operation.name': operationOf(surface),
    ...providerAttributes(target.provider),
    'gen_ai.request.model': target.name,
    ...(outcome === 'answered' && { 'gen_ai.response.model': target.name }),
    'gen_ai.request.stream': stream,
    ...(stream &&
      firstContentUs !== undefined && {
        'gen_ai.response.time_to_first_chunk': (firstContentUs - startedUs) / 1e6,
      }),
    // Backends add up the tokens of all spans, so the request itself has none.
    ...(usage && usageAttributes(usage)),
    ...(status !== undefined && { 'http.response.status_code': status }),
    'switchyard.target': target.id,
    'switchyard.outcome': outcome,
    ...(hedged && { 'switchyard.hedged': hedged }),
    ...(upstreamId !== undefined && { 'switchyard.upstream.request.id': upstreamId }),
  };
}

/** A moment of a request: seconds since 1970, and nanoseconds. */
function at({ startedEpochMs }: Trace, us: number): HrTime {
  const micros = startedEpochMs * 1_000 + us;
  const seconds = Math.floor(micros / 1e6);
  return [seconds, Math.round(micros - seconds * 1e6) * 1_000];
}

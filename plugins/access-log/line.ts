import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context, Trace } from '../../core/contracts/index.ts';
import { tenths, timeBreakdown } from '../../kits/feature-kit/index.ts';

/** A request for a model, which has ended. What is not known is null. */
export function modelLine({ trace, disconnect }: Context) {
  const { id, startedEpochMs, surface, model, stream, key, route, attempts, translated, usage } = trace;
  const target = answeringTarget(trace);
  return {
    time: new Date(startedEpochMs).toISOString(),
    id,
    key: key ?? null,
    from: disconnect.from,
    surface,
    model,
    stream,
    route,
    provider: target?.provider.name ?? null,
    target: target?.id ?? null,
    attempts: attempts.length,
    translated: translated ?? null,
    status: trace.status ?? null,
    ending: trace.ending ?? null,
    reason: trace.reason ?? null,
    error: trace.error ?? null,
    ms: tenths(trace.endedUs ?? 0),
    firstContentMs: trace.committedUs === undefined ? null : tenths(trace.committedUs),
    waitedMs: tenths(timeBreakdown(trace).waitedUs),
    bytes: trace.bytes,
    tokens: usage
      ? {
          input: usage.prompt,
          output: usage.completion,
          cached: usage.cached ?? 0,
          cacheWritten: usage.cacheWritten ?? 0,
          estimated: usage.estimated === true,
        }
      : null,
    cost: usage?.cost ?? null,
  };
}

/** A request that named no model, or was refused before one was asked. */
export function otherLine(request: FastifyRequest, reply: FastifyReply, now: number, failed?: Failed) {
  const id = reply.getHeader('x-switchyard-request-id');
  const provider = reply.getHeader('x-switchyard-provider');
  return {
    time: new Date(now - reply.elapsedTime).toISOString(),
    id: typeof id === 'string' ? id : null,
    key: request.keyName ?? null,
    from: request.socket.remoteAddress ?? '',
    method: request.method,
    // A query may hold a key.
    path: request.url.split('?')[0],
    provider: typeof provider === 'string' ? provider : null,
    status: reply.statusCode,
    reason: failed?.code ?? null,
    error: failed?.message ?? null,
    ms: tenths(reply.elapsedTime * 1_000),
  };
}

export interface Failed {
  readonly code: string;
  readonly message: string;
}

function answeringTarget({ attempts }: Trace) {
  return (attempts.findLast(({ outcome }) => outcome === 'answered') ?? attempts.at(-1))?.target;
}

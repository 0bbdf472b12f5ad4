import type { TraceRecord } from '../../core/contracts/index.ts';
import type { RequestSummary } from './answers.ts';
import { partsOf } from './trace-record.ts';
import { timeBreakdown } from './time-breakdown.ts';

/** One request as an entry of a list. */
export function summary(trace: TraceRecord): RequestSummary {
  const { id, time, surface, model, stream, attempts, ended } = trace;
  const target = attempts.at(-1)?.target;
  const { waited, overhead } = timeBreakdown(trace);
  return {
    id,
    time: new Date(time).toISOString(),
    surface,
    model,
    stream,
    key: trace.key ?? null,
    provider: target === undefined ? null : partsOf(target).provider,
    target: target ?? null,
    status: trace.status ?? null,
    ending: trace.ending ?? null,
    error: trace.error ?? null,
    attempts: attempts.length,
    ms: ended === undefined ? null : tenths(ended),
    ttft: stream && trace.commit !== undefined ? tenths(trace.commit) : null,
    waited: tenths(waited),
    overhead: ended === undefined ? null : tenths(overhead),
    bytes: trace.bytes,
    usage: trace.usage ?? null,
  };
}

/** µs as ms, to the tenth. */
export function tenths(micros: number): number {
  return Math.round(micros / 100) / 10;
}

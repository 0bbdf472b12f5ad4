import type { TraceRecord } from '../../core/contracts/index.ts';
import type { RequestSummary } from './answers.ts';
import { partsOf } from './trace-record.ts';
import { timeBreakdown } from './time-breakdown.ts';

/** One request as an entry of a list. @param node that it came to, where the record does not name it */
export function summary(trace: TraceRecord, node?: string): RequestSummary {
  const { id, startedEpochMs, surface, model, stream, attempts, endedUs } = trace;
  const target = attempts.at(-1)?.target;
  const { waitedUs, overheadUs } = timeBreakdown(trace);
  return {
    id,
    time: new Date(startedEpochMs).toISOString(),
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
    ms: endedUs === undefined ? null : tenths(endedUs),
    ttft: stream && trace.committedUs !== undefined ? tenths(trace.committedUs) : null,
    waited: tenths(waitedUs),
    overhead: endedUs === undefined ? null : tenths(overheadUs),
    bytes: trace.bytes,
    usage: trace.usage ?? null,
    node: trace.node ?? node ?? null,
  };
}

/** µs as ms, to the tenth. */
export function tenths(micros: number): number {
  return Math.round(micros / 100) / 10;
}

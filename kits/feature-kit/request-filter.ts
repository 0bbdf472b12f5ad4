import { loose } from '../../wire/names.ts';
import type { RequestFilter, TraceRecord } from '../../core/contracts/index.ts';
import { partsOf } from './trace-record.ts';

export function matches(trace: TraceRecord, filter: RequestFilter): boolean {
  const { model, provider, status, ending, key, sinceEpochMs, untilEpochMs, q, before } = filter;
  return (
    (before === undefined || trace.id < before) &&
    (sinceEpochMs === undefined || trace.startedEpochMs >= sinceEpochMs) &&
    (untilEpochMs === undefined || trace.startedEpochMs <= untilEpochMs) &&
    (model === undefined || trace.model === model) &&
    (ending === undefined || trace.ending === ending) &&
    (key === undefined || trace.key === key) &&
    (status === undefined || isBetween(trace.status, status)) &&
    (provider === undefined || isOf(trace, provider)) &&
    (q === undefined || says(trace, q.toLowerCase()))
  );
}

function isBetween(status: number | undefined, [lowest, highest]: readonly [number, number]): boolean {
  return status !== undefined && status >= lowest && status <= highest;
}

function isOf({ attempts }: TraceRecord, provider: string): boolean {
  const last = attempts.at(-1);
  return last !== undefined && loose(partsOf(last.target).provider) === loose(provider);
}

function says({ id, model, error, attempts }: TraceRecord, q: string): boolean {
  const texts = [
    id,
    model,
    error,
    ...attempts.flatMap(({ target, message, upstreamId }) => [target, message, upstreamId]),
  ];
  return texts.some((text) => text?.toLowerCase().includes(q));
}

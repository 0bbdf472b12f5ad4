import { loose } from './config/names.ts';
import type { Ending } from './contracts.ts';
import type { TraceRecord } from './record.ts';
import { partsOf } from './record.ts';

/** Which requests somebody wants to see; what is absent does not matter. */
export interface RequestFilter {
  readonly model?: string | undefined;
  /** who answered or was asked last, in any spelling of its name */
  readonly provider?: string | undefined;
  /** lowest and highest */
  readonly status?: readonly [number, number] | undefined;
  readonly ending?: Ending | undefined;
  readonly key?: string | undefined;
  /** when they came, ms since 1970 */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** a text in the id, the model, a target, an upstream's own id or what went wrong, without regard to case */
  readonly q?: string | undefined;
  /** older than the request with that id: ids grow with time */
  readonly before?: string | undefined;
}

export function matches(trace: TraceRecord, filter: RequestFilter): boolean {
  const { model, provider, status, ending, key, since, until, q, before } = filter;
  return (
    (before === undefined || trace.id < before) &&
    (since === undefined || trace.time >= since) &&
    (until === undefined || trace.time <= until) &&
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

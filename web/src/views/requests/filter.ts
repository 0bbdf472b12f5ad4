import type { RequestSummary } from '../../api/types.ts';

/**
 * The filter in the URL: texts, each as the API takes it, except `since`, which may also be a duration such as `1h`.
 */
export interface Filter {
  readonly model?: string;
  readonly provider?: string;
  readonly status?: string;
  readonly ending?: string;
  readonly key?: string;
  readonly since?: string;
  readonly until?: string;
  readonly q?: string;
}

export const NAMES = [
  'q',
  'model',
  'provider',
  'status',
  'ending',
  'key',
  'since',
  'until',
] as const satisfies (keyof Filter)[];

const LENGTHS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `15m`, `1h`, `7d` as ms; undefined for anything else. */
export function lengthOf(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d+)([mhd])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (LENGTHS[unit] as number);
}

/** The filter as a query of the API. */
export function asQuery({ since, ...rest }: Filter, now: number): Record<string, string | undefined> {
  const length = since === undefined ? undefined : lengthOf(since);
  return { ...rest, since: length === undefined ? since : new Date(now - length).toISOString() };
}

/** Whether a request that has just ended matches the filter, as the API would decide. */
export function belongs(request: RequestSummary, filter: Filter): boolean {
  const { model, provider, status, ending, key, until, q } = filter;
  return (
    (model === undefined || request.model === model) &&
    (provider === undefined || request.provider?.toLowerCase() === provider.toLowerCase()) &&
    (status === undefined || hasStatus(request.status, status)) &&
    (ending === undefined || request.ending === ending) &&
    (key === undefined || request.key === key) &&
    (until === undefined || Date.parse(request.time) <= Date.parse(until)) &&
    (q === undefined || says(request, q.toLowerCase()))
  );
}

function hasStatus(status: number | null, wanted: string): boolean {
  if (status === null) return false;
  return wanted.endsWith('xx') ? Math.floor(status / 100) === Number(wanted[0]) : status === Number(wanted);
}

function says({ id, model, target, error }: RequestSummary, q: string): boolean {
  return [id, model, target, error].some((text) => text?.toLowerCase().includes(q));
}

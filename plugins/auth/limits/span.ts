/** Spans of time that limits are said for. They begin with the minute, hour, day or month of UTC; a total never ends. */
export const SPANS = ['minute', 'hour', 'day', 'month', 'total'] as const;
export type Span = (typeof SPANS)[number];

const MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/** When the span began that holds this time. */
export function beginOf(span: Span, epochMs: number): number {
  if (span === 'total') return 0;
  if (span !== 'month') return epochMs - (epochMs % MS[span]);
  const date = new Date(epochMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}

/** When a span ends that began then. */
export function endOf(span: Span, beganEpochMs: number): number {
  if (span === 'total') return Infinity;
  if (span !== 'month') return beganEpochMs + MS[span];
  const date = new Date(beganEpochMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}
